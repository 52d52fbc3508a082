#include "bootstrap/cp/connectivity.h"

#include <optional>

#include "base/text.h"
#include "bootstrap/connectivity_ids.h"
#include "bootstrap/cp/object_builder.h"

namespace omadm {
namespace {

std::string numbered(std::string_view parent, std::size_t number, std::string_view leaf) {
  return std::string(parent) + '/' + std::to_string(number) + '/' + std::string(leaf);
}

void put(ObjectBuilder& object, const std::string& path, const std::string* value) {
  if (value != nullptr) object.text(path, *value);
}

// The bearers that are packet data of 3GPP have one name there; the others keep theirs.
std::string_view bearer_type(const std::string* bearer) {
  if (bearer == nullptr || *bearer == "GSM-GPRS" || *bearer == "ANSI-136-GPRS") return "3GPPPS";
  return *bearer;
}

void put_auth(ObjectBuilder& object, const Characteristic& holder, std::string_view kind, std::string_view type,
              std::string_view name, std::string_view secret) {
  const auto infos = holder.all(kind);
  if (infos.empty()) return;
  put(object, "AuthInfo/AuthType", infos.front()->value(type));
  put(object, "AuthInfo/AuthName", infos.front()->value(name));
  put(object, "AuthInfo/AuthSecret", infos.front()->value(secret));
}

TndsDocument nap_object(const Characteristic& nap, const std::string& acl) {
  ObjectBuilder object(kNapMoId, acl);
  object.text("ID", *nap.value("NAPID"));
  put(object, "Name", nap.value("NAME"));
  object.text("BearerType", bearer_type(nap.value("BEARER")));
  put(object, "AddrType", nap.value("NAP-ADDRTYPE"));
  object.text("Addr", *nap.value("NAP-ADDRESS"));
  object.interior("IP");
  put(object, "IP/IPv4/IPAddr", nap.value("LOCAL-ADDR"));
  std::size_t number = 0;
  for (const std::string_view server : nap.values("DNS-ADDR")) {
    object.text(numbered("IP/IPv4/DNS/Servers", ++number, "Addr"), server);
  }
  put_auth(object, nap, "NAPAUTHINFO", "AUTHTYPE", "AUTHNAME", "AUTHSECRET");
  object.interior("BearerParams");
  return std::move(object).take();
}

// A logical proxy has physical ones; the object has room for one address, so the first is taken.
std::optional<TndsDocument> proxy_object(const Characteristic& proxy, const Connectivity& known,
                                         const std::string& acl) {
  const auto machines = proxy.all("PXPHYSICAL");
  const std::string* const address = machines.empty() ? nullptr : machines.front()->value("PXADDR");
  if (address == nullptr || address->empty()) return std::nullopt;
  ObjectBuilder object(kProxyMoId, acl);
  object.text("ProxyId", *proxy.value("PROXY-ID"));
  put(object, "Name", proxy.value("NAME"));
  object.text("Addr", *address);
  std::size_t number = 0;
  for (const Characteristic* holder : {machines.front(), &proxy}) {
    for (const Characteristic* port : holder->all("PORT")) {
      const std::string* const value = port->value("PORTNBR");
      if (value != nullptr && parse_port(*value)) object.text(numbered("Ports", ++number, "PortNbr"), *value);
    }
  }
  number = 0;
  for (const std::string_view name : machines.front()->values("TO-NAPID")) {
    const auto nap = known.naps.find(name);
    if (nap != known.naps.end()) object.text(numbered("ToConRef", ++number, "ConRef"), nap->second);
  }
  put(object, "ProxyParams/WAP/Startpg", proxy.value("STARTPAGE"));
  put_auth(object, proxy, "PXAUTHINFO", "PXAUTH-TYPE", "PXAUTH-ID", "PXAUTH-PW");
  return std::move(object).take();
}

bool has(const Characteristic& holder, std::string_view parm) {
  const std::string* const value = holder.value(parm);
  return value != nullptr && !value->empty();
}

// The place of the object; "" where this device has none for such objects.
Result<std::string> install(Installation& installation, const TndsDocument& object) {
  const std::vector<PlacedObject> placed = DM_TRY(installation.add_to_inbox(inbox_uri(), object));
  return placed.empty() ? std::string() : placed.front().uri.str();
}

}  // namespace

Result<Connectivity> install_connectivity(Installation& installation, const Characteristic& document,
                                          const std::string& acl) {
  Connectivity known;
  for (const Characteristic* nap : document.all("NAPDEF")) {
    if (!has(*nap, "NAPID") || !has(*nap, "NAP-ADDRESS")) {
      installation.note("an access point without NAPID or NAP-ADDRESS was left out");
      continue;
    }
    known.naps[*nap->value("NAPID")] = DM_TRY(install(installation, nap_object(*nap, acl)));
  }
  for (const Characteristic* proxy : document.all("PXLOGICAL")) {
    const auto object = has(*proxy, "PROXY-ID") ? proxy_object(*proxy, known, acl) : std::nullopt;
    if (!object) {
      installation.note("a proxy without PROXY-ID or PXADDR was left out");
      continue;
    }
    known.proxies[*proxy->value("PROXY-ID")] = DM_TRY(install(installation, *object));
  }
  return known;
}

}  // namespace omadm
