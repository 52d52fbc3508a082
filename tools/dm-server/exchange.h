// What happens, told as it happens: lines for people, or one JSON object a line.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/markup/markup.h"

namespace omadm::server {

enum class Detail : std::uint8_t { quiet, normal, verbose };

// Whom an event is about.
struct Label {
  std::string device;
  std::string session_id;
};

// May be called from any thread. No secret is ever handed to it but in the value of a node, and the
// values of nodes that hold secrets are left out.
class Exchange {
 public:
  Exchange(std::FILE* out, bool json, Detail detail)
      : out_(out), json_(json), quiet_(detail == Detail::quiet), verbose_(detail == Detail::verbose) {}

  void listening(std::string_view url);
  void session_begins(const Label& who, std::string_view account, std::string_view script);
  void session_ends(const Label& who, std::string_view result);
  void message_in(const Label& who, std::string_view msg_id, Encoding encoding, std::size_t octets,
                  std::string_view authentication);
  void message_out(const Label& who, std::string_view msg_id, Encoding encoding, std::size_t octets,
                   bool final_message);
  void alert_in(const Label& who, std::string_view code, std::string_view type, std::string_view source, Bytes data,
                std::string_view correlator);
  void replace_in(const Label& who, std::size_t items, std::string_view first);
  void status_out(const Label& who, std::string_view command, int status);
  void command_out(const Label& who, std::string_view command, std::string_view uri, std::string_view extra);
  void status_in(const Label& who, std::string_view command, std::string_view uri, int status, std::string_view extra);
  void results_in(const Label& who, std::string_view uri, std::string_view format, Bytes data);
  // Of the kind told: "fault", "bootstrap", "notify", "firmware", "http", "note".
  void note(const Label& who, std::string_view kind, std::string_view what);
  // An expectation was not met, or the protocol was broken.
  void failure(const Label& who, std::string_view what);
  void finished(std::size_t sessions);

  bool verbose() const noexcept { return verbose_; }
  unsigned failures() const noexcept { return failures_.load(); }

 private:
  class Line;
  void put(std::string_view line);   // as it is
  void tell(std::string_view line);  // for people: nothing in it drives a terminal

  std::FILE* out_;
  bool json_;
  bool quiet_;
  bool verbose_;
  std::mutex mutex_;
  std::atomic<unsigned> failures_{0};
};

}  // namespace omadm::server
