#include "tools/dm-server/exchange.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/io/clock.h"
#include "base/text.h"
#include "tools/common/readable.h"
#include "tools/common/secrets.h"

namespace omadm::server {
namespace {

constexpr std::size_t kShownOctets = 120;

std::string shown(Bytes data) {
  if (!is_utf8(data)) return fmt::format("({} octets, binary)", data.size());
  const std::string_view text = clipped(data, kShownOctets);
  if (text.size() == data.size()) return fmt::format("\"{}\"", data);
  return fmt::format("\"{}\"… ({} octets)", text, data.size());
}

std::string who_is(const Label& who) { return who.session_id.empty() ? who.device : who.device + " " + who.session_id; }

std::string now() { return rfc3339(SystemClock().utc_seconds()); }

}  // namespace

// One event: a JSON object, or its text.
class Exchange::Line {
 public:
  Line(std::string_view event, const Label& who) {
    json_["time"] = now();
    json_["event"] = event;
    if (!who.device.empty()) json_["device"] = who.device;
    if (!who.session_id.empty()) json_["session_id"] = who.session_id;
  }
  template <typename T>
  Line& with(const char* key, const T& value) {
    json_[key] = value;
    return *this;
  }
  Line& with_text(const char* key, std::string_view value) {
    if (!value.empty()) json_[key] = value;
    return *this;
  }
  Line& with_data(Bytes data) {
    if (is_utf8(data)) {
      json_["data"] = data;
    } else {
      json_["data_base64"] = base64_encode(data);
    }
    return *this;
  }
  std::string str() const {
    return terminal_safe(json_.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }

 private:
  nlohmann::ordered_json json_;
};

void Exchange::put(std::string_view line) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), out_);
  std::fputc('\n', out_);
  std::fflush(out_);
}

void Exchange::tell(std::string_view line) { put(one_line(line)); }

void Exchange::listening(std::string_view url) {
  if (json_) return put(Line("listening", {}).with("url", url).str());
  if (!quiet_) tell(fmt::format("listening on {}", url));
}

void Exchange::session_begins(const Label& who, std::string_view account, std::string_view script) {
  if (json_) {
    return put(Line("session_begins", who).with("account", account).with_text("script", script).str());
  }
  if (quiet_) return;
  tell(fmt::format("== session {} of {}, account {}{}", who.session_id, who.device, account,
                   script.empty() ? ", nothing scripted" : fmt::format(", script \"{}\"", script)));
}

void Exchange::session_ends(const Label& who, std::string_view result) {
  if (json_) return put(Line("session_ends", who).with("result", result).str());
  if (!quiet_) tell(fmt::format("== session {} of {}: {}", who.session_id, who.device, result));
}

void Exchange::message_in(const Label& who, std::string_view msg_id, Encoding encoding, std::size_t octets,
                          std::string_view authentication) {
  if (json_) {
    return put(Line("message_in", who)
                   .with("msg_id", msg_id)
                   .with("encoding", to_string(encoding))
                   .with("octets", octets)
                   .with("authentication", authentication)
                   .str());
  }
  if (!quiet_)
    tell(fmt::format("<- message {}, {} octets {}, {}", msg_id, octets, to_string(encoding), authentication));
}

void Exchange::message_out(const Label& who, std::string_view msg_id, Encoding encoding, std::size_t octets,
                           bool final_message) {
  if (json_) {
    return put(Line("message_out", who)
                   .with("msg_id", msg_id)
                   .with("encoding", to_string(encoding))
                   .with("octets", octets)
                   .with("final", final_message)
                   .str());
  }
  if (quiet_) return;
  tell(fmt::format("-> message {}, {} octets {}{}", msg_id, octets, to_string(encoding),
                   final_message ? "" : ", more to come"));
}

void Exchange::alert_in(const Label& who, std::string_view code, std::string_view type, std::string_view source,
                        Bytes data, std::string_view correlator) {
  if (json_) {
    Line line("alert_in", who);
    line.with("code", code).with_text("type", type).with_text("uri", source).with_text("correlator", correlator);
    if (!data.empty()) line.with_data(data);
    return put(line.str());
  }
  if (quiet_) return;
  std::string text = fmt::format("   < Alert {}", code);
  if (!type.empty()) text += fmt::format(" {}", type);
  if (!source.empty()) text += fmt::format(" {}", source);
  if (!data.empty()) text += " " + shown(data);
  if (!correlator.empty()) text += fmt::format(", correlator {}", correlator);
  tell(text);
}

void Exchange::replace_in(const Label& who, std::size_t items, std::string_view first) {
  if (json_) return put(Line("replace_in", who).with("items", items).with("uri", first).str());
  if (!quiet_) tell(fmt::format("   < Replace {} and so on, {} items", first, items));
}

void Exchange::status_out(const Label& who, std::string_view command, int status) {
  if (json_) return put(Line("status_out", who).with("command", command).with("status", status).str());
  if (!quiet_) tell(fmt::format("   > {} {}", status, command));
}

void Exchange::command_out(const Label& who, std::string_view command, std::string_view uri, std::string_view extra) {
  if (json_) {
    return put(Line("command_out", who).with("command", command).with_text("uri", uri).with_text("note", extra).str());
  }
  if (quiet_) return;
  tell(fmt::format("   > {}{}{}{}{}", command, uri.empty() ? "" : " ", uri, extra.empty() ? "" : ", ", extra));
}

void Exchange::status_in(const Label& who, std::string_view command, std::string_view uri, int status,
                         std::string_view extra) {
  if (json_) {
    return put(Line("status_in", who)
                   .with("command", command)
                   .with_text("uri", uri)
                   .with("status", status)
                   .with_text("note", extra)
                   .str());
  }
  if (quiet_) return;
  tell(fmt::format("   < {} {}{}{}{}{}", status, command, uri.empty() ? "" : " ", uri, extra.empty() ? "" : ", ",
                   extra));
}

void Exchange::results_in(const Label& who, std::string_view uri, std::string_view format, Bytes data) {
  const bool secret = is_secret_leaf(uri);
  if (json_) {
    Line line("results_in", who);
    line.with("uri", uri).with_text("format", format);
    if (secret) {
      line.with("hidden", true);
    } else {
      line.with_data(data);
    }
    return put(line.str());
  }
  if (!quiet_) tell(fmt::format("   < Results {} = {}", uri, secret ? "(hidden)" : shown(data)));
}

void Exchange::note(const Label& who, std::string_view kind, std::string_view what) {
  if (json_) return put(Line(kind, who).with("what", what).str());
  if (!quiet_) tell(fmt::format("** {}: {}", kind, what));
}

void Exchange::failure(const Label& who, std::string_view what) {
  failures_.fetch_add(1);
  if (json_) return put(Line("failure", who).with("what", what).str());
  tell(fmt::format("!! {}{}{}", who_is(who), who.device.empty() ? "" : ": ", what));
}

void Exchange::finished(std::size_t sessions) {
  const unsigned failed = failures();
  if (json_) return put(Line("finished", {}).with("sessions", sessions).with("failures", failed).str());
  const std::string_view plural = sessions == 1 ? "" : "s";
  if (failed != 0) {
    return tell(fmt::format("{} session{}, {} expectation{} failed", sessions, plural, failed, failed == 1 ? "" : "s"));
  }
  if (!quiet_) tell(fmt::format("{} session{}, everything as expected", sessions, plural));
}

}  // namespace omadm::server
