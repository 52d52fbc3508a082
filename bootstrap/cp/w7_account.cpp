#include "bootstrap/cp/w7_account.h"

#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "bootstrap/cp/object_builder.h"
#include "dmtree/acl.h"
#include "dmtree/tnds/mo_id.h"

namespace omadm {
namespace {

// A word of the document and what DMAcc calls the same.
struct Word {
  std::string_view document, account;
};
// APPSRV is what the client shows to the server, CLIENT what the server shows (BOOT-014).
constexpr std::array kLevels{Word{"APPSRV", "CLCRED"}, Word{"CLIENT", "SRVCRED"}, Word{"OBEX", "OBEX"}};
constexpr std::array kTypes{Word{"DIGEST,MD5", "DIGEST"}};
constexpr std::array kAddressTypes{Word{"IPV4", "IPv4"}, Word{"IPV6", "IPv6"}};

template <std::size_t N>
std::string_view translated(const std::array<Word, N>& words, std::string_view text) {
  for (const Word& word : words) {
    if (equals_ignoring_case(word.document, text)) return word.account;
  }
  return text;
}

std::string_view or_empty(const std::string* text) { return text == nullptr ? std::string_view() : *text; }

std::string path(std::string_view list, std::size_t number, std::string_view leaf) {
  return std::string(list) + '/' + std::to_string(number) + '/' + std::string(leaf);
}

bool has_address(const Characteristic& application) {
  const auto some = [](const std::string* address) { return address != nullptr && !address->empty(); };
  for (const Characteristic* address : application.all("APPADDR")) {
    if (some(address->value("ADDR"))) return true;
  }
  return application.all("APPADDR").empty() && some(application.value("ADDR"));
}

void put_address(ObjectBuilder& account, std::size_t number, const Characteristic& address) {
  account.text(path("AppAddr", number, "Addr"), or_empty(address.value("ADDR")));
  const std::string_view type = or_empty(address.value("ADDRTYPE"));
  account.text(path("AppAddr", number, "AddrType"), type.empty() ? "URI" : translated(kAddressTypes, type));
  std::size_t port_number = 0;
  for (const Characteristic* port : address.all("PORT")) {
    if (const std::string* value = port->value("PORTNBR")) {
      account.text(path("AppAddr", number, path("Port", ++port_number, "PortNbr")), *value);
    }
  }
}

void put_addresses(ObjectBuilder& account, const Characteristic& application) {
  std::size_t number = 0;
  for (const Characteristic* address : application.all("APPADDR")) {
    if (!or_empty(address->value("ADDR")).empty()) put_address(account, ++number, *address);
  }
  if (number > 0) return;
  for (const std::string_view address : application.values("ADDR")) {
    if (address.empty()) continue;
    account.text(path("AppAddr", ++number, "Addr"), address);
    account.text(path("AppAddr", number, "AddrType"), "URI");
  }
}

void put_auth(ObjectBuilder& account, std::size_t number, const Characteristic& auth) {
  const std::string_view level = or_empty(auth.value("AAUTHLEVEL"));
  account.text(path("AppAuth", number, "AAuthLevel"), level.empty() ? "CLCRED" : translated(kLevels, level));
  if (const auto* type = auth.value("AAUTHTYPE")) {
    account.text(path("AppAuth", number, "AAuthType"), translated(kTypes, *type));
  }
  if (const auto* name = auth.value("AAUTHNAME")) account.text(path("AppAuth", number, "AAuthName"), *name);
  if (const auto* secret = auth.value("AAUTHSECRET")) account.text(path("AppAuth", number, "AAuthSecret"), *secret);
  if (const auto* data = auth.value("AAUTHDATA")) {
    // What is not Base64 is no nonce; the server will send one.
    account.binary(path("AppAuth", number, "AAuthData"), base64_decode(*data).value_or(""));
  }
}

// What the document calls its ways into the network, as addresses in the tree. One that is not there means: outside
// the tree.
std::vector<std::string> references(const Characteristic& application, const Connectivity& connectivity) {
  std::vector<std::string> found;
  const auto look_up = [&found](const auto& known, std::string_view name) {
    const auto entry = known.find(name);
    found.push_back(entry == known.end() ? std::string() : entry->second);
  };
  for (const std::string_view name : application.values("TO-PROXY")) look_up(connectivity.proxies, name);
  for (const std::string_view name : application.values("TO-NAPID")) look_up(connectivity.naps, name);
  return found;
}

void put_references(ObjectBuilder& account, const std::vector<std::string>& found) {
  if (found.size() == 1) return account.text("PrefConRef", found.front());
  for (std::size_t i = 0; i < found.size(); ++i) account.text(path("ToConRef", i + 1, "ConRef"), found[i]);
}

}  // namespace

Result<void> check_w7(const Characteristic& application) {
  const std::string_view server_id = or_empty(application.value("PROVIDER-ID"));
  if (!is_server_id(server_id)) return Error{Errc::incomplete, "an application w7 without usable PROVIDER-ID"};
  if (!has_address(application)) {
    return Error{Errc::incomplete, "the account for " + std::string(server_id) + " has no address"};
  }
  for (const Characteristic* address : application.all("APPADDR")) {
    for (const Characteristic* port : address->all("PORT")) {
      const std::string* const value = port->value("PORTNBR");
      if (value != nullptr && !parse_port(*value)) {
        return Error{Errc::incomplete, "the account for " + std::string(server_id) + " has a PORTNBR that is none"};
      }
    }
  }
  return {};
}

std::string w7_acl(const std::vector<std::string>& server_ids) {
  std::string all;
  for (const std::string& id : server_ids) all += (all.empty() ? "" : "+") + id;
  return "Get=" + all + "&Replace=" + all + "&Delete=" + all;
}

TndsDocument w7_account(const Characteristic& application, const Connectivity& connectivity, const std::string& acl) {
  ObjectBuilder account(kDmAccMoId, acl);
  account.text("AppID", "w7");
  account.text("ServerID", or_empty(application.value("PROVIDER-ID")));
  if (const std::string* name = application.value("NAME")) account.text("Name", *name);
  put_references(account, references(application, connectivity));
  put_addresses(account, application);
  std::size_t number = 0;
  for (const Characteristic* auth : application.all("APPAUTH")) put_auth(account, ++number, *auth);
  return std::move(account).take();
}

}  // namespace omadm
