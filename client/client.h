// The client: everything composed, on one loop. Embed it through fd() and process(), or let run_once() wait.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "bootstrap/bootstrap.h"
#include "client/config.h"
#include "client/platform.h"
#include "dmtree/tree.h"
#include "syncml/session/session.h"

namespace omadm {

// A session that came to its end, as `dm-client session --json` shows it.
struct SessionReport {
  std::string server_id;
  std::string session_id;
  // completed: nothing. Else what went wrong: transport, authentication, failed (aborted, protocol), not_found
  // (account).
  std::optional<Error> error;
  SessionResult result;
  std::vector<CommandReport> commands;
};

enum class SessionCause : std::uint8_t { client, server, device };  // 1201, 1200, 1201 with what is owed

// What became of a notification (NOT-030 … NOT-039).
struct NotifyVerdict {
  bool accepted = false;
  std::string reason;  // why not, for people
  // authentication: the digest; malformed; not_found; already_exists: repeated; incomplete: a part of a message in
  // several short messages, kept until the others come.
  Errc error = Errc::failed;
  std::string server_id;
  std::string session_id;
  int ui_mode = 0;
  bool server_initiated = true;
  std::string version;  // "1.1"
  bool default_nonce = false;
  std::chrono::seconds delay{0};  // accepted over the rate limit: the session waits so long (NOT-039)
  bool asks_user = false;         // the session waits for the user's consent (NOT-053)
  bool bootstrap = false;         // no notification but a bootstrap document; then of the rest `accepted` alone counts
};

// Where notifications are waited for, with the ports really bound; "" where not.
struct NotificationAddresses {
  std::string udp, sip, http;
};

// A bootstrap document and how it came.
struct BootstrapMessage {
  Octets octets;
  std::string content_type;  // with SEC and MAC where it has them; empty: recognised by content
  BootstrapSecrets secrets;  // what is missing of them the user may be asked for
  BootstrapSource source = BootstrapSource::file;
  std::string card;            // ICCID, of a smart card
  bool offline = false;        // BootstrapOrigin::offline
  bool needs_consent = false;  // the card says that the user is to be asked first (RD-030)
};

struct DownloadStatus {
  std::string uri;
  std::uint64_t received = 0, size = 0;  // octets; size 0: unknown
  std::string state;
};
struct AccountStatus {
  std::string server_id, last_session, last_result;  // RFC 3339, words
};
struct ClientStatus {
  std::vector<AccountStatus> accounts;
  std::optional<std::string> running_server, running_session;
  std::vector<std::string> queue;  // server ids
  std::vector<DownloadStatus> downloads;
  std::size_t owed_alerts = 0;
};

// 1. All calls come from one thread. 2. Callbacks run inside process() or run_once(), never inside the
// call that took them. 3. One session at a time; others queue. 4. After a restart everything owed goes on.
class Client {
 public:
  // Opens the tree of platform.store. corrupt, unavailable (locked), malformed (a DDF text), io.
  static Result<std::unique_ptr<Client>> open(ClientConfig config, Platform platform);
  virtual ~Client() = default;

  virtual int fd() const = 0;  // readable when process() has something to do
  virtual void process() = 0;
  virtual bool run_once(std::chrono::milliseconds limit) = 0;
  virtual bool idle() const = 0;  // no session, no download, no installation, nothing due at once

  using SessionDone = std::function<void(const SessionReport&)>;
  // Queues a session. not_found: no such account; the error is also for an account that cannot be used.
  virtual Result<void> start_session(const std::string& server_id, SessionCause cause, SessionDone done) = 0;

  // Checks a notification and, unless `dry_run`, queues the session it asks for; `done` is called when
  // that ends, and only if it was accepted. The session comes even if the client is restarted before it, unless the
  // user is still being asked. When he refuses, `done` is called with Errc::cancelled.
  // Of a message in several short messages (with their user data headers) each is given alone, in any order.
  // A bootstrap document that comes this way is handled as if given to bootstrap(), with BootstrapSource::push:
  // `installed` is called instead, and without one a session begins with each server it brought (BOOT-050).
  using BootstrapDone = std::function<void(Result<std::vector<std::string>>)>;  // server ids
  virtual NotifyVerdict notify(Bytes octets, std::string_view content_type, bool dry_run, SessionDone done,
                               BootstrapDone installed = nullptr) = 0;

  // Installs a bootstrap document, asking the user for the PIN and the consent it takes, if there is one to ask.
  // What is missing of the secrets it needs the platform is asked for first. Nothing is answered to its sender.
  // authentication: MAC or PIN; cancelled: the user does not want it;
  // already_exists: the same message came before; unavailable: too many were forged, or the client is stopping; and
  // the errors of install_bootstrap.
  virtual void bootstrap(BootstrapMessage message, BootstrapDone done) = 0;
  // The same at once, from a file and without asking anybody.
  virtual Result<std::vector<std::string>> bootstrap(Bytes octets, std::string_view content_type,
                                                     const BootstrapSecrets& secrets = {}) = 0;
  // The factory's document once more (BOOT-064). It is also installed at opening when there is no account at all.
  // incomplete: none is configured.
  virtual Result<std::vector<std::string>> bootstrap_factory() = 0;
  // Client initiated bootstrap over HTTPS: `url`, or when empty the configured ones, those DNS finds, and the smart
  // card's web server, in that order. `offline`: it is on a local link, or nothing but those configured to be.
  // not_found: 404 everywhere.
  virtual void bootstrap_https(const std::string& url, BootstrapDone done, const BootstrapSecrets& secrets = {},
                               bool offline = false) = 0;

  // From the files of a smart card: `card` is a directory that holds them, or the name of a PC/SC reader. Accounts
  // that another card made, or this one and no more, are removed (BOOT-071). not_found: there is no card, or no
  // bootstrap on it; unsupported: no PC/SC here.
  // `offline`: a card for a local link (MCPTT-T03).
  virtual void bootstrap_smartcard(const std::string& card, BootstrapDone done, bool offline = false) = 0;

  // Keeps a generic alert until the server acknowledged it.
  virtual Result<void> queue_alert(const GenericAlert& alert) = 0;

  virtual ClientStatus status() const = 0;
  virtual Tree& tree() = 0;
  // Calls `callback` on the loop whenever `descriptor` is ready for `events` (kReadable, kWritable), until unwatch().
  virtual void watch(int descriptor, unsigned events, std::function<void(unsigned)> callback) = 0;
  virtual void unwatch(int descriptor) = 0;
  virtual NotificationAddresses notification_addresses() const = 0;
  // Called for every message of every session, secrets masked; for [trace].
  using Trace = std::function<void(bool outgoing, std::string_view content_type, Bytes body)>;
  virtual void set_trace(Trace trace) = 0;

  // Takes another configuration and identity for what begins from now on; `extra_ddf` counts at opening
  // only. On an error everything stays as it was. io: the notification port cannot be opened.
  virtual Result<void> reconfigure(ClientConfig config, DeviceIdentity device) = 0;
  // Ends it cleanly: no session begins any more, and the one that runs is aborted at its next package.
  virtual void stop(std::function<void()> stopped) = 0;
};

}  // namespace omadm
