// The state of one session. Not installed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "syncml/session/command_runner.h"
#include "syncml/session/package_writer.h"
#include "syncml/session/peer_auth.h"
#include "syncml/session/session.h"

namespace omadm {

class Session::Impl {
 public:
  Impl(Tree& tree, SessionAccount account, SessionOptions options, SessionHost& host);

  Result<Step> start();
  Step receive(const InMessage& message);
  Step answer_user(const UserAnswer& answer);
  Step resume();
  Step abort();
  Step abort_after(const InMessage& last);

 private:
  // Stages of receive(), in this order; a Step ends it.
  Step take(const InMessage& in);
  std::optional<Step> check_order(const Message& message);
  std::optional<Step> take_header(const Message& message);
  std::optional<Step> take_header_status(const Message& message, bool& repeat);
  std::optional<Step> check_version(const Message& message);
  Step answer_trusted(const Message& message, ServerProof::Verdict verdict, bool repeat);
  Step run_trusted(const Message& message, ServerProof::Verdict verdict);
  bool waits_for_values(const Message& message);
  Step let_go(Step step);
  Step close_answer(bool owed_before);
  Step answer_untrusted(const Message& message, ServerProof::Verdict verdict, bool repeat);
  Step answer_unreadable(const InMessage& in, StatusCode status, const std::string& why);

  void take_alert_statuses(const Message& message);
  void store_nonces();

  // Writing.
  void open_message(bool first_package);
  void put_header_status(const Message& message, StatusCode status, const std::optional<Meta>& chal,
                         std::string_view supported = {});
  std::uint64_t largest_object() const;
  void put_package1();
  void put_device_info();
  void put_owed_alerts();
  Step close_message(bool final_message, bool ask_next);
  Step close_aborting();

  Step end(SessionEnd how, std::string detail);
  SessionResult result(SessionEnd how, std::string detail) const;

  Tree& tree_;
  const SessionAccount account_;
  const SessionOptions options_;
  SessionHost& host_;
  PackageWriter writer_;
  CommandRunner runner_;
  ClientProof client_;
  ServerProof server_;

  std::string device_id_;        // ./DevInfo/DevId, the same in all messages of a session
  std::string url_;              // where the next message goes
  unsigned out_msg_id_ = 0;      // of the last message sent
  std::uint64_t in_msg_id_ = 0;  // of the last message taken
  std::string msg_id_text_;
  Arena header_arena_;          // what the header and Chal of the message being written point to
  unsigned repeats_ = 0;        // received repetitions of a message
  bool package_final_ = false;  // the server's package being answered is complete
  unsigned received_ = 0;
  std::map<std::pair<std::string, std::string>, std::uint64_t> alerts_;  // (MsgID, CmdID) → owed alert sent
  Message message_;               // being answered; kept while something is waited for
  std::size_t message_size_ = 0;  // octets of the message taken last
  bool repeat_ = false;           // package 1 follows in the answer
  bool parked_ = false;           // the user is being asked
  bool aborting_ = false;         // the next answer is the last
  std::optional<Step> over_;
  std::optional<ServerProof::Verdict> waiting_;  // of message_, while the live values it asks for are got
  std::unique_ptr<LiveValues> values_;           // for the message being run
};

}  // namespace omadm
