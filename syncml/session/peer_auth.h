// Who proves what in a session: the client to the server, the server to the client.
// [DMSEC]; SEC-001 … SEC-104. No input or output, no tree: nonces are handed to the session to store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "syncml/message.h"
#include "syncml/session/session.h"

namespace omadm {

inline constexpr unsigned kMaxAuthFailures = 3;  // in each direction (SEC-066)

// The client's proof to the server.
class ClientProof {
 public:
  // not_allowed: the account prefers a type that the options forbid.
  Result<void> begin(const SessionAccount& account, const SessionOptions& options);

  // Puts LocName and Cred into the header of the next message. Views live in `arena`.
  void fill(SyncHdr& header, Arena& arena);
  // The value of x-syncml-hmac for that message; nullopt: not by MAC.
  std::optional<std::string> mac_header(Bytes body) const;

  enum class Verdict : std::uint8_t {
    settled,    // nothing to repeat
    challenge,  // package 1 again, with what the server asks for (PRO-105)
    failed,     // the session ends
  };
  // Takes the server's Status for our SyncHdr.
  Verdict take_status(int code, const Meta* chal);

  AuthType accepted_as() const noexcept { return accepted_; }
  const std::string& failure() const noexcept { return failure_; }  // for people, after Verdict::failed
  // The nonce to keep for later sessions, once the server is authenticated; nullopt: unchanged.
  std::optional<Octets> nonce_to_store();

 private:
  Verdict fail(std::string reason);
  bool allowed(AuthType type) const noexcept;
  const Credential* find(AuthType type) const noexcept;
  bool take_nonce(const Meta& chal);

  const SessionAccount* account_ = nullptr;
  const SessionOptions* options_ = nullptr;
  const Credential* credential_ = nullptr;
  AuthType type_ = AuthType::none;  // what the next message carries
  AuthType sent_ = AuthType::none;  // what the last one carried
  AuthType accepted_ = AuthType::none;
  bool whole_session_ = false;  // 212: no more proofs
  Octets nonce_;
  bool nonce_received_ = false;
  unsigned failures_ = 0;
  std::string failure_;
};

// What the server proved, and our challenges to it.
class ServerProof {
 public:
  // unavailable: nothing authenticates this server (SEC-084). not_allowed: basic, but not permitted.
  Result<void> begin(const SessionAccount& account, const SessionOptions& options);

  enum class Verdict : std::uint8_t {
    session,      // proven by this message for the whole session: 212
    message,      // proven by this message, for it alone: 200
    earlier,      // proven earlier, or by the transport: 200
    missing,      // 407
    wrong,        // 401
    unsupported,  // another type of credentials: 406
  };
  static bool trusted(Verdict verdict) noexcept { return verdict <= Verdict::earlier; }
  Verdict check(const SyncHdr& header, const InMessage& message);

  // What to say in Chal of our Status for the server's SyncHdr; a new nonce each time. Views live in `arena`.
  std::optional<Meta> challenge(Verdict verdict, Arena& arena);

  AuthType proven_as() const noexcept { return proven_; }
  // A wrong MAC gets one more chance (SEC-065, 070), other proofs kMaxAuthFailures in all (SEC-066).
  bool exhausted() const noexcept { return failures_ >= (type_ == AuthType::mac ? 2 : kMaxAuthFailures); }
  std::optional<Octets> nonce_to_store();
  // Of the challenge just made: what must be known in the next session should this one be cut short.
  std::optional<Octets> issued_to_store();

 private:
  bool verify(const SyncHdr& header, const InMessage& message, Bytes nonce) const;
  bool verify_with_any_nonce(const SyncHdr& header, const InMessage& message);
  void accept_pending();

  const Credential* credential_ = nullptr;  // null: the transport authenticates
  std::string name_;
  AuthType type_ = AuthType::transport;
  AuthType proven_ = AuthType::none;
  bool whole_session_ = false;
  bool resynchronising_ = false;
  Octets nonce_;                   // under which the server's last accepted proof was, or the stored one
  std::optional<Octets> pending_;  // issued by our last message, perhaps in an earlier session …
  bool of_earlier_ = false;        // … namely there
  bool issued_ = false;            // pending_ is to be stored
  bool former_used_ = false;       // the one fallback of SEC-095 is spent
  bool changed_ = false;
  bool challenged_ = false;
  unsigned failures_ = 0;
};

}  // namespace omadm
