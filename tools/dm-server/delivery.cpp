#include "tools/dm-server/delivery.h"

#include <CLI/CLI.hpp>

#include "base/crypto/digest.h"
#include "tools/common/output.h"
#include "tools/dm-server/written_file.h"

namespace omadm::server {
namespace {

constexpr std::string_view kProgram = "dm-server";
constexpr std::size_t kMaxParts = 255;  // short messages, which number their parts in one octet

}  // namespace

void Delivery::declare(CLI::App& command, const std::string& what, Bearer via) {
  what_ = what;
  via_ = bearer_names()[static_cast<std::size_t>(via)];
  CLI::Option* const to = command.add_option("--to", to_, "HOST:PORT; of HTTP also a URL");
  command.add_option("--out", out_, "FILE, - for standard output")->excludes(to);
  command.add_option("--via", via_, "udp (as it is), wap (WSP over UDP), sip, sip-tcp or http; with --out udp or wap")
      ->capture_default_str()
      ->check(CLI::IsMember(bearer_names()));
  command.add_flag("--sms", sms_, "With --out: the user data of short messages, FILE or FILE.1, FILE.2, …")
      ->excludes(to);
}

int Delivery::refuse_it(int exit, const std::string& why, bool json) const {
  return refuse(kProgram, what_ + ": " + why, exit, json);
}

int Delivery::deliver(const Push& push, bool json, bool verbose) const {
  if (to_.empty() && out_.empty()) return refuse_it(kExitUsage, "--to or --out is missing", json);
  const Bearer via = *bearer_named(via_);
  const std::string& where = to_.empty() ? out_ : to_;
  if (verbose) say(kProgram, what_ + ": " + std::to_string(push.octets.size()) + " octets to " + where);
  if (!to_.empty()) {
    const Result<std::string> sent = send_push(via, to_, push);
    if (!sent) {
      const int exit = sent.error().code == Errc::malformed ? kExitUsage : kExitTransport;
      return refuse_it(exit, sent.error().detail, json);
    }
    if (verbose && !sent->empty()) say(kProgram, what_ + ": answered " + *sent);
    return kExitDone;
  }
  if (sms_) return write_short_messages(push, json);
  return write_to(out_, via == Bearer::wap ? wsp_push(push) : push.octets, json);
}

int Delivery::write_to(const std::string& file, Bytes octets, bool json) const {
  if (file == "-") {
    write_out(octets);
    return kExitDone;
  }
  const Result<void> written = write_file(file, octets);
  return written ? kExitDone : refuse_it(kExitFailed, written.error().detail, json);
}

int Delivery::write_short_messages(const Push& push, bool json) const {
  const std::vector<Octets> parts = short_messages(wsp_push(push), static_cast<std::uint8_t>(random_below(256)));
  if (parts.size() == 1) return write_to(out_, parts.front(), json);
  if (out_ == "-") return refuse_it(kExitUsage, "several short messages need files", json);
  if (parts.size() > kMaxParts) return refuse_it(kExitFailed, "too long for short messages", json);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const int exit = write_to(out_ + "." + std::to_string(i + 1), parts[i], json);
    if (exit != kExitDone) return exit;
  }
  return kExitDone;
}

}  // namespace omadm::server
