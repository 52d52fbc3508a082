#include "tools/dm-server/peer_auth.h"

#include "base/crypto/digest.h"
#include "base/text.h"

namespace omadm::server {
namespace {

constexpr std::size_t kNonceSize = 16;

}  // namespace

PeerAuth::PeerAuth(const AccountScript& account, Nonces& nonces)
    : account_(account), nonces_(nonces), server_type_(account.server_auth), client_nonce_(nonces.client) {}

PeerAuth::Verdict PeerAuth::check(const Message& message, const std::optional<std::string>& hmac_header, Bytes body) {
  if (account_.client_auth == AuthType::none) {
    client_ok_ = true;
    return Verdict{true, 200, std::nullopt, {}, "no client authentication wanted"};
  }
  if (account_.client_auth == AuthType::mac) return check_mac(message, hmac_header, body);
  if (client_done_) return Verdict{true, 200, std::nullopt, {}, "client authenticated before"};
  return check_cred(message);
}

PeerAuth::Verdict PeerAuth::check_cred(const Message& message) {
  const AuthType wanted = account_.client_auth;
  const std::optional<Cred>& cred = message.header.cred;
  if (!cred) return refused(407, "client gave no credentials");
  const std::optional<AuthType> given = auth_type_from_meta(trim(cred->meta.type.value_or("")));
  if (given != wanted) return refused(401, "client gave credentials of another type");
  if (wanted == AuthType::basic) {
    if (!basic_matches(cred->data, account_.client_user, account_.client_password)) {
      return refused(401, "client basic wrong");
    }
    return accepted(212, false);
  }
  if (message.header.source_name != account_.client_user) return refused(401, "client names another user");
  if (!md5_good(cred->data)) return refused(401, "client md5 wrong");
  return accepted(account_.per_message ? 200 : 212, true);
}

bool PeerAuth::md5_good(std::string_view cred) const {
  const Octets nonce = client_nonce_.value_or(Octets());
  if (md5_matches(cred, account_.client_user, account_.client_password, nonce)) return true;
  return nonces_.resynchronising && md5_matches(cred, account_.client_user, account_.client_password, kDefaultNonce);
}

PeerAuth::Verdict PeerAuth::check_mac(const Message& message, const std::optional<std::string>& hmac_header,
                                      Bytes body) {
  if (!hmac_header) return refused(message.header.cred ? 401 : 407, "client sent no x-syncml-hmac");
  const Result<HmacHeader> header = parse_hmac_header(*hmac_header);
  if (!header) return refused(401, header.error().detail);
  if (header->username != account_.client_user || header->username != message.header.source_name) {
    return refused(401, "client names another user");
  }
  const Octets nonce = client_nonce_.value_or(Octets());
  const bool good = mac_matches(header->mac, account_.client_user, account_.client_password, nonce, body) ||
                    (nonces_.resynchronising &&
                     mac_matches(header->mac, account_.client_user, account_.client_password, kDefaultNonce, body));
  return good ? accepted(200, true) : refused(401, "client mac wrong");
}

PeerAuth::Verdict PeerAuth::accepted(int status, bool renew) {
  client_ok_ = true;
  client_done_ = status == 212;
  Verdict verdict{true, status, std::nullopt, {}, "client " + std::string(to_string(account_.client_auth)) + " good"};
  if (renew) {
    verdict.challenge = account_.client_auth;
    verdict.next_nonce = renew_client_nonce(true);
  }
  return verdict;
}

PeerAuth::Verdict PeerAuth::refused(int status, std::string why) {
  client_ok_ = false;
  if (status == 401) ++client_failures_;
  Verdict verdict{false, status, account_.client_auth, {}, std::move(why)};
  if (account_.client_auth != AuthType::basic) verdict.next_nonce = renew_client_nonce(false);
  return verdict;
}

// The client keeps a nonce for its next session only when it believes us; a challenge of a stranger is
// used in this session alone.
std::string PeerAuth::renew_client_nonce(bool sure) {
  client_nonce_ = random_octets(kNonceSize);
  if (sure) nonces_.client = client_nonce_;
  return base64_encode(*client_nonce_);
}

PeerAuth::Heard PeerAuth::heard(int status, const std::optional<Meta>& challenge) {
  std::optional<Octets> next;
  if (challenge && challenge->next_nonce) {
    if (Result<Octets> decoded = base64_decode(*challenge->next_nonce)) next = std::move(decoded).value();
  }
  if (next) {
    nonces_.server_before = nonces_.server;
    nonces_.server = std::move(next);
    nonces_.resynchronising = false;
  }
  if (status == 200 || status == 212) {
    server_done_ = status == 212 && server_type_ != AuthType::mac;
    return Heard::accepted;
  }
  if (status != 401 && status != 407) return Heard::refused;
  if (presented_) ++server_failures_;
  server_done_ = false;
  challenged_ = true;
  if (!challenge || server_type_ == AuthType::none) return Heard::refused;
  const std::optional<AuthType> type = auth_type_from_meta(trim(challenge->type.value_or("")));
  if (!type) return Heard::refused;
  server_type_ = *type;
  return Heard::challenged;
}

std::optional<Octets> PeerAuth::server_nonce(std::optional<FaultKind> fault) const {
  if (fault == FaultKind::stale_nonce) return nonces_.server_before.value_or("an old nonce");
  if (nonces_.resynchronising) return Octets(kDefaultNonce);
  if (!nonces_.server && challenged_) return Octets();
  return nonces_.server;
}

void PeerAuth::sign(Message& message, std::optional<FaultKind> fault, bool refusing) {
  presented_ = false;
  if (server_type_ == AuthType::none) return;
  if (server_type_ == AuthType::md5 || server_type_ == AuthType::mac) {
    message.header.source_name = message.arena.copy(account_.server_name);
  }
  if (server_type_ == AuthType::mac || server_done_ || fault == FaultKind::no_credentials) return;
  // A stranger gets no credentials before he has proved himself; basic would hand him the password.
  if (refusing || (account_.wait_for_challenge && !challenged_)) return;
  Cred cred;
  cred.meta.type = meta_type(server_type_);
  cred.meta.format = "b64";
  const Secret secret = fault == FaultKind::wrong_password ? Secret("not the password") : account_.server_password;
  if (server_type_ == AuthType::basic) {
    cred.data = message.arena.copy(basic_credential(account_.server_name, secret));
  } else {
    const std::optional<Octets> nonce = server_nonce(fault);
    if (!nonce) return;  // first contact: the client has to challenge us
    std::string digest = md5_credential(account_.server_name, secret, *nonce);
    if (fault == FaultKind::wrong_mac) digest.front() = digest.front() == 'A' ? 'B' : 'A';
    cred.data = message.arena.copy(digest);
  }
  message.header.cred = cred;
  presented_ = true;
}

std::optional<std::string> PeerAuth::hmac_header(Bytes body, std::optional<FaultKind> fault) {
  if (server_type_ != AuthType::mac || fault == FaultKind::no_credentials) return std::nullopt;
  if (account_.wait_for_challenge && !challenged_) return std::nullopt;
  const std::optional<Octets> nonce = server_nonce(fault);
  if (!nonce) return std::nullopt;
  const Secret secret = fault == FaultKind::wrong_password ? Secret("not the password") : account_.server_password;
  HmacHeader header{account_.server_name, mac_credential(account_.server_name, secret, *nonce, body)};
  if (fault == FaultKind::wrong_mac) header.mac.front() = header.mac.front() == 'A' ? 'B' : 'A';
  presented_ = true;
  return format_hmac_header(header);
}

}  // namespace omadm::server
