// Authentication seen from the server: verifying the client, proving ourselves, and both nonces.
#pragma once

#include <optional>
#include <string>

#include "syncml/auth/credential.h"
#include "syncml/message.h"
#include "tools/dm-server/account_book.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

class PeerAuth {
 public:
  PeerAuth(const AccountScript& account, Nonces& nonces);

  // What our Status for the client's SyncHdr has to say.
  struct Verdict {
    bool ok = false;
    int status = 200;
    std::optional<AuthType> challenge;  // with `next_nonce`
    std::string next_nonce;             // Base64; empty: none (basic)
    std::string text;                   // for people
  };
  Verdict check(const Message& message, const std::optional<std::string>& hmac_header, Bytes body);
  unsigned client_failures() const noexcept { return client_failures_; }
  bool client_ok() const noexcept { return client_ok_; }

  // The client's Status for our SyncHdr.
  enum class Heard : std::uint8_t { accepted, challenged, refused };
  Heard heard(int status, const std::optional<Meta>& challenge);
  unsigned server_failures() const noexcept { return server_failures_; }

  // Credentials of the message being written. `fault`: what to do wrong, or nothing.
  void sign(Message& message, std::optional<FaultKind> fault, bool refusing);
  std::optional<std::string> hmac_header(Bytes body, std::optional<FaultKind> fault);  // after encoding

 private:
  Verdict check_cred(const Message& message);
  Verdict check_mac(const Message& message, const std::optional<std::string>& hmac_header, Bytes body);
  Verdict accepted(int status, bool renew);
  Verdict refused(int status, std::string why);
  std::string renew_client_nonce(bool sure);
  std::optional<Octets> server_nonce(std::optional<FaultKind> fault) const;
  bool md5_good(std::string_view cred) const;

  const AccountScript& account_;
  Nonces& nonces_;
  AuthType server_type_;
  std::optional<Octets> client_nonce_;  // in this session
  bool client_ok_ = false;
  bool client_done_ = false;  // answered 212: no credentials any more
  bool server_done_ = false;
  bool challenged_ = false;
  bool presented_ = false;  // our last message carried credentials
  unsigned client_failures_ = 0;
  unsigned server_failures_ = 0;
};

}  // namespace omadm::server
