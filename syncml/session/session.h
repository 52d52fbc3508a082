// One management session, client side. No input or output: a message goes in, a message comes out.
// [DMPRO], [DMSEC]; PRO-001 … PRO-364, SEC-060 … SEC-104.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/secret.h"
#include "base/limits.h"
#include "base/markup/markup.h"
#include "base/result.h"
#include "dmtree/tree.h"
#include "syncml/auth/credential.h"
#include "syncml/session/user_prompt.h"

namespace omadm {

// One AppAuth entry of an account.
struct Credential {
  AuthType type = AuthType::none;
  std::string name;
  Secret secret;
  std::optional<Octets> nonce;  // raw octets; nullopt: none stored
};

// What a session needs to know of a DMAcc.
struct SessionAccount {
  std::string server_id;
  std::string address;                // AppAddr/*/Addr in use
  std::vector<Credential> client;     // AAuthLevel CLCRED, in stored order
  std::optional<Credential> server;   // AAuthLevel SRVCRED; none: the transport authenticates the server
  std::optional<AuthType> preferred;  // AAuthPref; nullopt: absent or empty
  std::optional<Octets> issued;       // the nonce of SessionHost::store_issued_nonce, of an earlier session
};

// The version of the protocol to speak. VerDTD is 1.2 for both.
enum class DmVersion : std::uint8_t { dm12, dm13 };
std::string_view ver_proto(DmVersion version) noexcept;  // "DM/1.2", "DM/1.3"

struct SessionOptions {
  std::string session_id;        // 1 to 4 characters (PRO-030 … 032)
  bool answers_trigger = false;  // Alert 1200, else 1201
  bool default_nonce = false;    // the trigger was good with the default nonce: resynchronise (SEC-100)
  Encoding encoding = Encoding::wbxml;
  DmVersion version = DmVersion::dm12;
  std::uint32_t max_msg_size = 65536;  // announced; a larger message is refused
  std::uint32_t max_obj_size = 4U << 20U;
  bool limits_files = false;  // max_obj_size holds for leaves with files, too; else they have limits of their own
  AuthType min_client_auth = AuthType::md5;     // a challenge for less is not followed (SEC-068)
  bool allow_basic = false;                     // over TLS only (SEC-009)
  bool transport_authenticates_server = false;  // TLS with a verified certificate
  bool user_present = false;                    // else alerts 1100 … 1104 are answered 406
};

struct OutMessage {
  std::string url;
  std::string_view content_type;           // static storage
  std::string_view accept;                 // static storage
  std::optional<std::string> hmac_header;  // value of x-syncml-hmac
  Octets body;
};
struct InMessage {
  std::string content_type;
  std::optional<std::string> hmac_header;
  Octets body;
};

enum class SessionEnd : std::uint8_t {
  completed,       // as the protocol says
  aborted,         // by either side, Alert 1223
  server_error,    // the server broke the protocol
  authentication,  // either side could not be authenticated
  unsupported,     // version refused: see `versions`
};
struct SessionResult {
  SessionEnd end = SessionEnd::completed;
  std::string detail;                     // for people
  AuthType client_auth = AuthType::none;  // as accepted by the server
  AuthType server_auth = AuthType::none;  // as verified here
  unsigned messages_sent = 0;
  unsigned messages_received = 0;
  std::vector<std::string> versions;  // what the server lists after 505 or 513
};

// A command of the server and what it was answered; for display and traces.
struct CommandReport {
  std::string msg_id, cmd_id;
  std::string command;  // "Replace" …
  std::string uri;      // as written; Copy: the target; empty for alerts
  std::string status;   // decimal
};

// What a session asks of the client around it.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  // A nonce to be kept for the next session. Called before the flush that precedes the answer.
  virtual void store_client_nonce(Bytes nonce) = 0;
  virtual void store_server_nonce(Bytes nonce) = 0;
  // A nonce that leaves with the answer. Should nothing come after it, the server may have it or not: the next session
  // takes either (SEC-090, SEC-095).
  virtual void store_issued_nonce(Bytes nonce) = 0;
  // Generic alerts owed to this server, oldest first; asked for before each package.
  virtual std::vector<std::pair<std::uint64_t, GenericAlert>> owed_alerts() = 0;
  virtual void alert_answered(std::uint64_t id, int status) = 0;
  virtual void command_done(const CommandReport& report) = 0;
  // The live values that a step waited for are there: call Session::resume, now or later on the loop.
  virtual void values_ready() {}
};

// 1. Nothing of a message is executed, and no nonce of its sender stored, before that is authenticated.
// 2. Every commit is flushed before the message that reports it is handed out.
// 3. A question to the user parks the session, and an Atomic's transaction with it.
class Session {
 public:
  // References must outlive the session.
  Session(Tree& tree, SessionAccount account, SessionOptions options, SessionHost& host);
  ~Session();

  struct Step {
    std::optional<OutMessage> send;       // to be answered, unless `result` is set too (an abort or a farewell)
    std::optional<SessionResult> result;  // the session is over
    std::optional<UserPrompt> ask;        // alone: the answer goes to answer_user(), abort() may come instead
    bool waits = false;                   // alone: SessionHost::values_ready will be called, abort() may come instead
    bool again = false;                   // alone: the message sent last is to be sent again, octet for octet
  };
  // The first message. unavailable: the account cannot be used (SEC-084).
  Result<Step> start();
  // Takes the answer to the last message, which whoever sends it keeps until then: `again` may ask for it. Never fails:
  // what is wrong with a message becomes a status or an end.
  Step receive(const InMessage& message);
  // Goes on with a message whose answer waited for live values.
  Step resume();
  // Goes on with what the user said to Step::ask.
  Step answer_user(const UserAnswer& answer);
  // Ends it from this side: Alert 1223 with the Statuses and Results that are owed, as far as they fit into the
  // message (PRO-071). Commands of `last`, a message that is not taken any more, are answered 215.
  Step abort();
  Step abort_after(const InMessage& last);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace omadm
