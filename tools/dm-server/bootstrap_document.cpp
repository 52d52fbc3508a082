#include "tools/dm-server/bootstrap_document.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/markup/xml_writer.h"
#include "base/text.h"
#include "bootstrap/cp/provisioning_document.h"
#include "bootstrap/imsi.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/codec/codec.h"
#include "wbxml/wbxml_writer.h"

namespace omadm::server {
namespace {

std::string_view aauth_type(AuthType type) {
  switch (type) {
    case AuthType::basic:
      return "BASIC";
    case AuthType::md5:
      return "DIGEST";
    case AuthType::mac:
      return "HMAC";
    default:
      return "TRANSPORT";
  }
}

// Writes one MgmtTree, node by node.
class TndsBody {
 public:
  TndsBody(MarkupWriter& writer, Encoding encoding) : writer_(writer), encoding_(encoding) {
    writer_.start(Element::DdfMgmtTree);
    writer_.leaf(Element::DdfVerDTD, "1.2");
  }
  void begin(std::string_view name, std::string_view mo_id = {}, std::string_view acl = {}) {
    writer_.start(Element::DdfNode);
    writer_.leaf(Element::DdfNodeName, name);
    writer_.start(Element::DdfRTProperties);
    if (!acl.empty()) writer_.leaf(Element::DdfACL, acl);
    format(Element::DdfNodeFormat);
    writer_.start(Element::DdfType);
    writer_.leaf(Element::DdfDDFName, mo_id);
    writer_.end();
    writer_.end();
  }
  void end() { writer_.end(); }
  void text(std::string_view name, std::string_view value) {
    head(name, Element::DdfChr, "text/plain");
    writer_.leaf(Element::DdfValue, value);
    writer_.end();
  }
  void binary(std::string_view name, Bytes value) {
    head(name, Element::DdfBin, "application/octet-stream");
    if (encoding_ == Encoding::xml) {
      writer_.leaf(Element::DdfValue, base64_encode(value));
    } else {
      writer_.start(Element::DdfValue);
      writer_.opaque(value);
      writer_.end();
    }
    writer_.end();
  }

 private:
  void format(Element element) {
    writer_.start(Element::DdfFormat);
    writer_.empty(element);
    writer_.end();
  }
  void head(std::string_view name, Element leaf_format, std::string_view type) {
    writer_.start(Element::DdfNode);
    writer_.leaf(Element::DdfNodeName, name);
    writer_.start(Element::DdfRTProperties);
    format(leaf_format);
    writer_.start(Element::DdfType);
    writer_.leaf(Element::DdfMIME, type);
    writer_.end();
    writer_.end();
  }

  MarkupWriter& writer_;
  Encoding encoding_;
};

struct AuthNode {
  std::string_view level;
  AuthType type;
  std::string_view name;
  const Secret& secret;
  const std::optional<Octets>& nonce;
};

void write_auth(TndsBody& body, std::string_view node, const AuthNode& auth) {
  body.begin(node);
  body.text("AAuthLevel", auth.level);
  body.text("AAuthType", aauth_type(auth.type));
  body.text("AAuthName", auth.name);
  body.text("AAuthSecret", auth.secret.view());
  if (auth.nonce) body.binary("AAuthData", *auth.nonce);
  body.end();
}

Octets write_account(const BootstrapScript& script, const AccountScript& account, const std::string& url,
                     Encoding encoding) {
  std::unique_ptr<MarkupWriter> writer =
      encoding == Encoding::xml ? make_xml_writer() : make_wbxml_writer(WbxmlDocument::dmddf);
  TndsBody body(*writer, encoding);
  const std::string& id = account.server_id;
  body.begin(script.node, script.mo_id, "Get=" + id + "&Replace=" + id + "&Delete=" + id);
  body.text("AppID", "w7");
  body.text("ServerID", id);
  body.text("Name", "dm-server lab");
  body.begin("AppAddr");
  body.begin("1");
  body.text("Addr", url);
  body.text("AddrType", "URI");
  body.end();
  body.end();
  if (!script.auth_pref.empty()) body.text("AAuthPref", script.auth_pref);
  if (account.client_auth != AuthType::none || account.server_auth != AuthType::none) {
    body.begin("AppAuth");
    if (account.client_auth != AuthType::none) {
      write_auth(body, "1",
                 {"CLCRED", account.client_auth, account.client_user, account.client_password, account.client_nonce});
    }
    if (account.server_auth != AuthType::none) {
      write_auth(body, "2",
                 {"SRVCRED", account.server_auth, account.server_name, account.server_password, account.server_nonce});
    }
    body.end();
  }
  body.end();
  writer->end();
  return std::move(*writer).finish();
}

Characteristic provisioned_auth(std::string_view level, AuthType type, const std::string& name, const Secret& secret,
                                const std::optional<Octets>& nonce) {
  Characteristic auth{
      "APPAUTH", {{"AAUTHLEVEL", std::string(level)}, {"AAUTHTYPE", std::string(aauth_type(type))}}, {}};
  auth.parms.push_back({"AAUTHNAME", name});
  auth.parms.push_back({"AAUTHSECRET", std::string(secret.view())});
  if (nonce) auth.parms.push_back({"AAUTHDATA", base64_encode(*nonce)});
  return auth;
}

// The same account as a w7 application of OMA Client Provisioning.
Octets write_provisioned(const AccountScript& account, const std::string& url, Encoding encoding) {
  Characteristic application{
      "APPLICATION", {{"APPID", "w7"}, {"PROVIDER-ID", account.server_id}, {"NAME", "dm-server lab"}}, {}};
  application.children.push_back({"APPADDR", {{"ADDR", url}}, {}});
  if (account.client_auth != AuthType::none) {
    application.children.push_back(provisioned_auth("APPSRV", account.client_auth, account.client_user,
                                                    account.client_password, account.client_nonce));
  }
  if (account.server_auth != AuthType::none) {
    application.children.push_back(provisioned_auth("CLIENT", account.server_auth, account.server_name,
                                                    account.server_password, account.server_nonce));
  }
  return write_provisioning({"", {}, {std::move(application)}}, encoding);
}

// The key of the MAC: as given, or put together as the profile has it (BOOT-030, BOOT-055).
Octets mac_key(const BootstrapScript& script, bool provisioning) {
  if (!script.secret.empty()) return script.secret;
  if (script.imsi.empty()) return script.pin;
  if (provisioning) return imsi_semi_octets(script.imsi) + script.pin;
  return script.pin.empty() ? script.imsi : script.pin + ":" + script.imsi;
}

Octets wrap(const Octets& tnds, Encoding encoding, const std::string& url) {
  Message message;
  message.encoding = encoding;
  message.header.ver_dtd = "1.2";
  message.header.ver_proto = "DM/1.2";
  message.header.session_id = "0";
  message.header.msg_id = "0";
  message.header.target = "bootstrap";
  message.header.source = url;
  Command add;
  add.name = CommandName::add;
  add.cmd_id = "1";
  Item item;
  item.target = "./Inbox";
  item.meta.format = encoding == Encoding::xml ? "xml" : "bin";
  item.meta.type = encoding == Encoding::xml ? kTndsXmlType : kTndsWbxmlType;
  item.data = Data{tnds, true};
  add.items.push_back(item);
  message.commands.push_back(std::move(add));
  message.final_message = true;
  return encode(message, encoding);
}

}  // namespace

BootstrapAnswer make_bootstrap(const BootstrapScript& script, const AccountScript& account, const std::string& url) {
  BootstrapAnswer answer;
  const Encoding encoding = script.answer.find("+xml") != std::string::npos ? Encoding::xml : Encoding::wbxml;
  const bool bare = script.answer.starts_with("tnds");
  const bool provisioning = script.answer.starts_with("cp");
  const std::string& address = script.address.empty() ? url : script.address;
  if (script.answer == "file") {
    answer.body = script.document;
    answer.content_type = kDmWbxmlType;
  } else if (provisioning) {
    answer.body = write_provisioned(account, address, encoding);
    answer.content_type = encoding == Encoding::xml ? kProvisioningXmlType : kProvisioningWbxmlType;
  } else {
    const Octets tnds = write_account(script, account, address, encoding);
    answer.body = bare ? tnds : wrap(tnds, encoding, address);
    answer.content_type = bare ? (encoding == Encoding::xml ? kTndsXmlType : kTndsWbxmlType) : media_type(encoding);
  }
  if (!script.content_type.empty()) answer.content_type = script.content_type;
  if (!script.sec.empty()) answer.content_type += "; SEC=" + script.sec;
  if (!script.sec.empty() && script.sec != "USERPINMAC") {  // that one is in the PIN which the user gets
    answer.content_type += "; MAC=" + hex_encode(hmac_sha1(mac_key(script, provisioning), answer.body));
  }
  return answer;
}

std::string user_pin(const BootstrapScript& script, Bytes document) {
  if (script.sec != "USERPINMAC") return script.pin;
  std::string pin = script.pin;
  const Octets digest = hmac_sha1(script.pin, document);
  for (std::size_t i = 0; i < std::min(script.pin.size(), digest.size()); ++i) {
    pin.push_back(static_cast<char>('0' + static_cast<unsigned char>(digest[i]) % 10));
  }
  return pin;
}

const std::vector<std::string>& bootstrap_wrongs() {
  static const std::vector<std::string> names = {"mac", "short_mac", "no_mac",    "no_sec",
                                                 "sec", "octet",     "truncated", "type"};
  return names;
}

void spoil(BootstrapAnswer& answer, std::string_view wrong) {
  std::string& type = answer.content_type;
  const std::string bare = type.substr(0, type.find(';'));
  const std::size_t mac = type.find("; MAC=");
  if (wrong == "mac" && mac != std::string::npos) type.back() = type.back() == '0' ? '1' : '0';
  if (wrong == "short_mac" && mac != std::string::npos) type.pop_back();
  if (wrong == "no_mac" && mac != std::string::npos) type.erase(mac);
  if (wrong == "no_sec") type = bare;
  if (wrong == "sec") type = bare + "; SEC=9" + (mac == std::string::npos ? "" : type.substr(mac));
  if (wrong == "octet" && !answer.body.empty()) {
    char& octet = answer.body[answer.body.size() / 2];
    octet = static_cast<char>(octet ^ 1);
  }
  if (wrong == "truncated") answer.body.resize(answer.body.size() / 2);
  if (wrong == "type") type = std::string(kTndsXmlType) + type.substr(bare.size());
}

}  // namespace omadm::server
