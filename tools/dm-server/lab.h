// The lab: which client is in which session of the script, and when the script is through.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "tools/dm-server/account_book.h"
#include "tools/dm-server/exchange.h"
#include "tools/dm-server/session_peer.h"

namespace omadm::server {

struct LabOptions {
  std::string url;         // of this server, without path
  std::string state_file;  // empty: nonces live as long as the process
  unsigned devices = 1;    // that have to go through the script before it is finished
};

// May be called from any thread.
class Lab {
 public:
  Lab(const Script& script, Exchange& exchange, Variables& variables, LabOptions options);
  Result<void> load_state();

  struct Outcome {
    int http_status = 200;  // other than 200: no DM message could be made of the request
    std::string session_id;
    PeerReply reply;
  };
  Outcome handle(const PeerRequest& request);

  // A client got its bootstrap document: its nonces are those of the account again.
  void bootstrapped(const AccountScript& account, const std::string& device);
  // For the account (by name or server id; empty: the first). not_found, incomplete, malformed, io.
  Result<std::string> notify(std::string_view account, std::string device, const NotifyScript& notify);
  // Notifications that are due, sessions that fell silent. To be called often.
  void tick();

  bool finished() const;  // every session of the script is over, for as many devices as asked for
  std::size_t sessions_ended() const;
  std::string state_json() const;
  // Ended from outside. With `complete`, what has not happened yet fails.
  void close(bool complete);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Planned {
    NotifyScript notify;
    Time due;
  };
  struct Device {
    Device(const Script& script, const Variables& variables) : alerts(script.alerts, variables) {}
    AlertWatch alerts;
    std::size_t next_session = 0;
    std::unique_ptr<SessionPeer> peer;
    std::string session_key;
    Time last_heard;
    bool done = false;
    std::optional<Planned> planned;
    std::string name;
  };

  Device& device(const std::string& name);
  const AccountScript& account_of(const Message& message, const PeerRequest& request, const Device& device) const;
  bool begins_session(const Device& device, const Message& message, const PeerRequest& request) const;
  void settle(Device& device);  // after its session may have ended
  void plan(Device& device);
  void save_state();
  Result<std::string> send(const AccountScript& account, const std::string& device, const NotifyScript& notify);

  const Script& script_;
  Exchange& exchange_;
  Variables& variables_;
  LabOptions options_;
  mutable std::mutex mutex_;
  AccountBook book_;
  std::map<std::string, std::unique_ptr<Device>> devices_;
  std::size_t sessions_ended_ = 0;
};

}  // namespace omadm::server
