// The server's side of one management session: a message comes in, an answer goes out. No input or
// output of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syncml/codec/codec.h"
#include "tools/dm-server/alert_watch.h"
#include "tools/dm-server/draft.h"
#include "tools/dm-server/exchange.h"
#include "tools/dm-server/peer_auth.h"
#include "tools/dm-server/script.h"
#include "tools/dm-server/variables.h"

namespace omadm::server {

struct PeerRequest {
  std::string content_type;
  std::optional<std::string> hmac_header;
  Octets body;
};
struct PeerReply {
  std::string content_type;
  std::optional<std::string> hmac_header;
  Octets body;
  std::optional<Fault> fault;  // for the front end: strikes before the message is looked at, or on the way out
  unsigned delay_ms = 0;
};

struct PeerSurroundings {
  const Script& script;
  Exchange& exchange;
  Variables& variables;
  AlertWatch& alerts;  // of the whole script
  std::string url;     // this server's, without path
};

class SessionPeer {
 public:
  // `session` null: the script has no session left, the answer is an empty package. References must
  // outlive the peer.
  SessionPeer(PeerSurroundings around, const AccountScript& account, Nonces& nonces, const SessionScript* session,
              Label who);

  PeerReply receive(const PeerRequest& request, const Message& message);

  bool over() const noexcept { return ending_.has_value(); }
  bool all_sent() const noexcept { return next_package_ >= package_count() && queue_.empty(); }
  // Ends it from outside, by silence. Tells what is missing.
  void end(SessionEnding ending);
  const SessionScript* script() const noexcept { return session_; }
  const Label& who() const noexcept { return who_; }

 private:
  // A command of the script on its way.
  struct Work {
    std::shared_ptr<const CommandScript> command;  // variables replaced; owners: what is to be sent, and what was
    std::size_t offset = 0;
  };
  struct Sent {
    Work work;
    unsigned msg_id = 0;
    std::string cmd_id;
    std::string cmd;  // "Get"
    std::string uri;
    bool top = true;     // not inside Atomic or Sequence
    bool piece = false;  // not the last chunk
    bool answered = false;
    bool ask = false;  // our own Alert 1222
    int status = 0;
    bool results = false;
    Octets collected;  // chunks of its Results
  };

  // session_peer.cpp
  std::size_t package_count() const noexcept { return session_ == nullptr ? 0 : session_->packages.size(); }
  std::size_t package_at_hand() const noexcept;
  Fault* armed_fault(bool before);
  Octets encoded(const Message& message);
  PeerReply answer(const Message& message, const PeerAuth::Verdict& verdict);
  PeerReply finish(Draft& draft, bool refusing, const Fault* fault);
  void write_header(Draft& draft, const Message& message);
  void check_header(const Message& message);
  bool more_is_due(const Message& message) const;
  void breach(std::string_view what);

  // peer_incoming.cpp
  void take_commands(Draft& draft, const Message& message);
  void refuse_commands(Draft& draft, const Message& message, int status);
  void take_header_status(const Command& status);
  void take_status(const Command& status);
  void take_results(Draft& draft, const Message& message, const Command& results);
  int take_alert(const Command& alert);
  int take_alert_piece(const Command& alert);
  void take_devinfo(const Command& replace);
  void check_first_message(const Message& message);
  Sent* find_sent(std::string_view msg_ref, std::string_view cmd_ref);
  void put_back(unsigned msg_id);

  // peer_package.cpp
  void close_package();
  void load_package();
  bool fill(Draft& draft);  // false: more is to come in the next message
  bool fill_piece(Draft& draft, std::size_t budget);
  void note_sent(const Command& command, const CommandScript& script, const Work& work, bool top, bool piece);
  CommandScript resolved(const CommandScript& command);
  void damage(Draft& draft, const Fault& fault);

  PeerSurroundings around_;
  const AccountScript& account_;
  const SessionScript* session_;
  Label who_;
  PeerAuth auth_;
  AlertWatch alerts_;

  std::optional<SessionEnding> ending_;
  std::vector<std::vector<Fault>> faults_;  // of each package, counted down
  std::vector<std::vector<Edit>> edits_;    // of each package
  std::size_t next_package_ = 0;
  std::size_t package_ = 0;  // of the message being written; package_count(): none
  std::deque<Work> queue_;
  std::vector<Sent> sent_;
  bool sending_ = false;       // our package goes on in the next message
  bool unfinished_ = false;    // our last message had no Final: the next package of the script continues this one
  bool said_final_ = false;    // our last message ended a package, or was refused as a whole
  bool brought_ = false;       // the message held answers to commands of ours, or alerts
  bool asked_ = false;         // … and asked for the next one
  bool piece_wanted_ = false;  // answer chunks of Results and Alerts with Alert 1222
  Octets alert_pieces_;        // of the generic alert that comes in chunks
  bool package1_seen_ = false;
  bool aborted_ = false;
  bool refused_us_ = false;
  unsigned out_msg_id_ = 0;
  std::uint64_t last_in_msg_id_ = 0;
  std::uint64_t client_max_msg_size_ = 0;
  std::uint64_t client_max_obj_size_ = 0;

  Octets last_in_;
  PeerReply last_reply_;
  unsigned repeats_ = 0;  // of the last reply still to be sent instead of a new one
};

}  // namespace omadm::server
