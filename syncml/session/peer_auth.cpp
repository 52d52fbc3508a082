#include "syncml/session/peer_auth.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kNonceSize = 16;      // octets we issue (SEC-007)
constexpr std::size_t kMaxNonceSize = 255;  // octets we accept (SEC-097)

bool uses_nonce(AuthType type) noexcept { return type == AuthType::md5 || type == AuthType::mac; }

bool basic_allowed(const SessionOptions& options) noexcept {
  return options.allow_basic || options.min_client_auth == AuthType::basic;
}

}  // namespace

// ---- the client to the server ----

Result<void> ClientProof::begin(const SessionAccount& account, const SessionOptions& options) {
  account_ = &account;
  options_ = &options;
  if (account.preferred) {
    type_ = *account.preferred == AuthType::transport ? AuthType::none : *account.preferred;
    if (type_ != AuthType::none && !allowed(type_)) {
      return Error{Errc::not_allowed, "account " + account.server_id + " prefers " + std::string(to_string(type_)) +
                                          " authentication, which the configuration does not allow"};
    }
  } else {
    // SEC-004: without AAuthPref the digest is used when there is a nonce for it, else the server asks.
    const Credential* digest = find(AuthType::md5);
    const bool ready = digest != nullptr && (digest->nonce || options.default_nonce);
    type_ = ready && allowed(AuthType::md5) ? AuthType::md5 : AuthType::none;
  }
  if (type_ != AuthType::none) credential_ = find(type_);
  if (credential_ == nullptr) type_ = AuthType::none;
  if (options.default_nonce) {
    nonce_ = Octets(kDefaultNonce);
  } else if (credential_ != nullptr && credential_->nonce) {
    nonce_ = *credential_->nonce;
  }
  return {};
}

bool ClientProof::allowed(AuthType type) const noexcept {
  switch (type) {
    case AuthType::basic:
      return basic_allowed(*options_);
    case AuthType::md5:
      return options_->min_client_auth != AuthType::mac;
    case AuthType::mac:
      return true;
    case AuthType::none:
    case AuthType::transport:
      break;
  }
  return false;
}

// MO-027: the set of that type, else the first one.
const Credential* ClientProof::find(AuthType type) const noexcept {
  const auto& sets = account_->client;
  const auto exact = std::find_if(sets.begin(), sets.end(), [&](const Credential& set) { return set.type == type; });
  if (exact != sets.end()) return &*exact;
  return sets.empty() ? nullptr : &sets.front();
}

void ClientProof::fill(SyncHdr& header, Arena& arena) {
  sent_ = AuthType::none;
  if (type_ == AuthType::none || whole_session_ || credential_ == nullptr) return;
  sent_ = type_;
  header.source_name = arena.copy(credential_->name);
  if (type_ == AuthType::mac) return;  // SEC-043: nothing in Cred
  Cred cred;
  cred.meta.format = "b64";
  cred.meta.type = meta_type(type_);
  cred.data = arena.copy(type_ == AuthType::basic ? basic_credential(credential_->name, credential_->secret)
                                                  : md5_credential(credential_->name, credential_->secret, nonce_));
  header.cred = cred;
}

std::optional<std::string> ClientProof::mac_header(Bytes body) const {
  if (sent_ != AuthType::mac) return std::nullopt;
  return format_hmac_header({credential_->name, mac_credential(credential_->name, credential_->secret, nonce_, body)});
}

bool ClientProof::take_nonce(const Meta& chal) {
  if (!chal.next_nonce) return true;
  auto nonce = base64_decode(*chal.next_nonce);
  if (!nonce || nonce->empty() || nonce->size() > kMaxNonceSize) return false;
  nonce_ = *std::move(nonce);
  nonce_received_ = true;
  return true;
}

ClientProof::Verdict ClientProof::fail(std::string reason) {
  failure_ = std::move(reason);
  return Verdict::failed;
}

ClientProof::Verdict ClientProof::take_status(int code, const Meta* chal) {
  if (code == 212 || code == 200) {
    if (sent_ != AuthType::none) accepted_ = sent_;
    // SEC-070: who signs every message is never told that no more proofs are wanted.
    if (code == 212 && sent_ == AuthType::mac) return fail("the server answers a signed message with status 212");
    if (code == 212) whole_session_ = sent_ != AuthType::none;
    if (chal != nullptr && !take_nonce(*chal)) return fail("the server's next nonce is not Base64 of 1 to 255 octets");
    return Verdict::settled;
  }
  if (code != 401 && code != 407) return Verdict::settled;

  if (chal == nullptr || !chal->type) return fail("the server refused the client's credentials without a challenge");
  if (sent_ != AuthType::none && ++failures_ >= kMaxAuthFailures) {
    return fail("the server refused the client's credentials " + std::to_string(kMaxAuthFailures) + " times");
  }
  const auto wanted = auth_type_from_meta(*chal->type);
  if (!wanted) return fail("the server asks for an authentication type this client does not have");
  if (!allowed(*wanted)) {
    return fail("the server asks for " + std::string(to_string(*wanted)) +
                " authentication, which the configuration does not allow");
  }
  if (accepted_ != AuthType::none && *wanted != accepted_) {
    return fail("the server changes the type of authentication within the session");
  }
  const Credential* set = find(*wanted);
  if (set == nullptr) return fail("the account has no credentials for the server (AppAuth with AAuthLevel CLCRED)");
  if (set != credential_ && !chal->next_nonce) nonce_ = set->nonce.value_or(Octets());
  credential_ = set;
  type_ = *wanted;
  whole_session_ = false;
  if (!take_nonce(*chal)) return fail("the server's challenge holds a nonce that is not Base64 of 1 to 255 octets");
  return Verdict::challenge;
}

std::optional<Octets> ClientProof::nonce_to_store() {
  if (!std::exchange(nonce_received_, false)) return std::nullopt;
  return nonce_;
}

// ---- the server to the client ----

Result<void> ServerProof::begin(const SessionAccount& account, const SessionOptions& options) {
  resynchronising_ = options.default_nonce;
  if (!account.server || account.server->type == AuthType::transport || account.server->type == AuthType::none) {
    if (!options.transport_authenticates_server) {
      return Error{Errc::unavailable, "account " + account.server_id +
                                          " has no credentials to authenticate the server (AppAuth with AAuthLevel "
                                          "SRVCRED) and its address is not https"};
    }
    proven_ = AuthType::transport;
    return {};
  }
  credential_ = &*account.server;
  type_ = credential_->type;
  if (type_ == AuthType::basic && !basic_allowed(options)) {
    return Error{Errc::not_allowed, "account " + account.server_id +
                                        " authenticates its server by basic, which the configuration does not allow"};
  }
  name_ = credential_->name.empty() ? account.server_id : credential_->name;
  nonce_ = resynchronising_ ? Octets(kDefaultNonce) : credential_->nonce.value_or(Octets());
  of_earlier_ = !resynchronising_ && account.issued && *account.issued != nonce_;
  if (of_earlier_) pending_ = account.issued;
  return {};
}

bool ServerProof::verify(const SyncHdr& header, const InMessage& message, Bytes nonce) const {
  if (type_ == AuthType::mac) {
    if (!message.hmac_header) return false;
    const auto hmac = parse_hmac_header(*message.hmac_header);
    if (!hmac || hmac->username != name_) return false;
    if (!header.source_name.empty() && header.source_name != hmac->username) return false;  // SEC-041
    return mac_matches(hmac->mac, name_, credential_->secret, nonce, message.body);
  }
  const std::string_view proof = trim(header.cred->data);
  if (type_ == AuthType::basic) return basic_matches(proof, name_, credential_->secret);
  return md5_matches(proof, name_, credential_->secret, nonce);
}

bool ServerProof::verify_with_any_nonce(const SyncHdr& header, const InMessage& message) {
  if (pending_ && verify(header, message, *pending_)) {
    accept_pending();
    return true;
  }
  if (pending_ && former_used_) return false;
  bool good = verify(header, message, nonce_);
  if (!good && !resynchronising_) {
    // SEC-018: provisioning may have stored the Base64 text of the nonce.
    const auto decoded = base64_decode(nonce_);
    good = decoded && verify(header, message, *decoded);
  }
  if (good && of_earlier_) {
    pending_.reset();  // it never arrived
    of_earlier_ = false;
  }
  if (good && pending_) former_used_ = true;
  return good;
}

void ServerProof::accept_pending() {
  if (!pending_) return;
  nonce_ = *std::exchange(pending_, std::nullopt);
  of_earlier_ = false;
  changed_ = true;
  former_used_ = false;
}

ServerProof::Verdict ServerProof::check(const SyncHdr& header, const InMessage& message) {
  if (credential_ == nullptr) return Verdict::earlier;
  if (type_ != AuthType::mac && whole_session_) {
    accept_pending();  // SEC-095: the server has our last message, so it has the nonce in it
    return Verdict::earlier;
  }
  // SEC-070: asked for the digest, the server may prove each message instead, with the same secret and nonce.
  const bool signs_instead = type_ == AuthType::md5 && proven_ == AuthType::none && !header.cred && message.hmac_header;
  if (signs_instead) type_ = AuthType::mac;
  const bool present = type_ == AuthType::mac ? message.hmac_header.has_value() : header.cred.has_value();
  if (!present) {
    if (challenged_) ++failures_;
    const bool expected = proven_ == type_ || (challenged_ && type_ == AuthType::mac);
    return expected ? Verdict::wrong : Verdict::missing;  // SEC-042
  }
  if (type_ != AuthType::mac && header.cred->meta.type && *header.cred->meta.type != meta_type(type_)) {
    ++failures_;
    return auth_type_from_meta(*header.cred->meta.type) ? Verdict::wrong : Verdict::unsupported;
  }
  if (!verify_with_any_nonce(header, message)) {
    ++failures_;
    return Verdict::wrong;
  }
  proven_ = type_;
  failures_ = 0;
  if (type_ == AuthType::mac) return Verdict::message;
  whole_session_ = true;
  return Verdict::session;
}

std::optional<Meta> ServerProof::challenge(Verdict verdict, Arena& arena) {
  if (credential_ == nullptr || verdict == Verdict::earlier) return std::nullopt;
  if (type_ == AuthType::basic && trusted(verdict)) return std::nullopt;
  if (!trusted(verdict)) challenged_ = true;
  Meta chal;
  chal.format = "b64";
  chal.type = meta_type(type_);
  if (uses_nonce(type_)) {
    // One that a server we trusted may have is not given up for a stranger.
    issued_ = trusted(verdict) || !of_earlier_;
    of_earlier_ = of_earlier_ && !issued_;
    pending_ = random_octets(kNonceSize);
    chal.next_nonce = arena.copy(base64_encode(*pending_));
  }
  return chal;
}

std::optional<Octets> ServerProof::issued_to_store() {
  if (!std::exchange(issued_, false)) return std::nullopt;
  return pending_;
}

std::optional<Octets> ServerProof::nonce_to_store() {
  if (!std::exchange(changed_, false)) return std::nullopt;
  return nonce_;
}

}  // namespace omadm
