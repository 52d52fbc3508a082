// A session whose sides authenticate each other.
#pragma once

#include <string>

#include "tests/unit/syncml/session_fixture.h"

namespace omadm {

inline constexpr const char* kServerName = "srv.example.com";

class SessionAuthTest : public SessionTest {
 protected:
  SessionAuthTest() { interior("./V", "Add=*&Get=*&Replace=*&Delete=*"); }
  std::string server_md5(Bytes nonce) const {
    return cred("syncml:auth-md5", md5_credential(kServerName, Secret("S3rv3r-Secret-0001"), nonce));
  }
  // Receives a message signed as the server would, with x-syncml-hmac.
  void receive_signed(const std::string& body, Bytes nonce, const std::string& secret = "S3rv3r-Secret-0001",
                      const std::string& extra = {}) {
    const std::string document =
        header(std::to_string(++server_msg_id), extra, kServerName) + "<SyncBody>" + body + "</SyncBody></SyncML>";
    const Octets octets = options.encoding == Encoding::xml ? document : in_wbxml(document);
    receive_raw(document,
                format_hmac_header({kServerName, mac_credential(kServerName, Secret(secret), nonce, octets)}));
  }
  // Whether the client's last message is signed by its MAC under `nonce`.
  bool is_signed(Bytes nonce) const {
    if (!out || !out->hmac_header) return false;
    const auto hmac = parse_hmac_header(*out->hmac_header);
    return hmac && hmac->username == "Bruce2" && message.header.source_name == "Bruce2" && !message.header.cred &&
           mac_matches(hmac->mac, "Bruce2", Secret("OhBehave"), nonce, out->body);
  }
  void use_mac() {
    account.client = {{AuthType::mac, "Bruce2", Secret("OhBehave"), Octets("client-nonce-0")}};
    account.server = Credential{AuthType::mac, kServerName, Secret("S3rv3r-Secret-0001"), Octets("server-nonce-0")};
    account.preferred = AuthType::mac;
  }
};

}  // namespace omadm
