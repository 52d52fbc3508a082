#include "tools/dm-trace/notification.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "syncml/notification/package0.h"
#include "syncml/notification/push_message.h"
#include "tools/common/readable.h"
#include "tools/dm-trace/meanings.h"

namespace omadm::trace {
namespace {

constexpr std::string_view kWspType = "application/vnd.wap.wsp";
constexpr std::string_view kOmaPushType = "application/vnd.oma.push";
constexpr std::size_t kHeadersShown = 512;  // octets in which an entity tells its Content-Type
constexpr std::size_t kLargest = 1024;      // NOT-031
constexpr std::size_t kDigest = 16;
constexpr unsigned char kPushPdu = 0x06;

unsigned octet_at(Bytes octets, std::size_t at) {
  return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0U;
}

// The type of a notification where a push PDU tells it, as code or as text.
bool names_notification(Bytes octets) {
  constexpr std::size_t kCodeWithin = 8;
  return octets.substr(0, kCodeWithin).find('\xC4') != Bytes::npos ||
         octets.substr(0, kHeadersShown).find(kNotificationType) != Bytes::npos;
}

bool has_trigger_header(Bytes octets) {
  if (octets.size() <= kDigest + 1 || octets.size() > kLargest) return false;
  const unsigned version = octet_at(octets, kDigest) << 2U | octet_at(octets, kDigest + 1) >> 6U;
  return version == 10 || version == 11;  // of DM 1.1.2, of DM 1.2
}

class FieldReader {
 public:
  FieldReader(Bytes octets, std::size_t offset, std::vector<NotificationField>& fields)
      : in_(octets), offset_(offset), fields_(fields) {}

  Result<void> wsp_header();
  Result<void> trigger();

 private:
  void put(std::size_t at, std::string key, std::string label, nlohmann::ordered_json value, std::string text) {
    fields_.push_back({offset_ + at, std::move(key), std::move(label), std::move(value), std::move(text)});
  }
  void put_octets(std::size_t at, const std::string& key, const std::string& label, Bytes octets) {
    const std::string digits = hex_encode(octets);
    put(at, key, label, digits, fmt::format("{} ({} octets)", digits, octets.size()));
  }

  ByteReader in_;
  std::size_t offset_;
  std::vector<NotificationField>& fields_;
};

Result<void> FieldReader::wsp_header() {
  const unsigned tid = DM_TRY(in_.u8());
  put(0, "tid", "TID", tid, fmt::format("{}", tid));
  const unsigned type = DM_TRY(in_.u8());
  put(1, "pdu_type", "PDU type", type, fmt::format("0x{:02x} (push)", type));
  const std::uint32_t length = DM_TRY(in_.mb_u32());
  const std::size_t at = in_.position();
  put_octets(at, "headers", "Headers", DM_TRY(in_.take(length)));
  return {};
}

Result<void> FieldReader::trigger() {
  put_octets(0, "digest", "Digest", DM_TRY(in_.take(kDigest)));
  const std::size_t at = in_.position();
  const unsigned head = DM_TRY(in_.u16be());
  const unsigned version = head >> 6U;
  const std::string version_text = fmt::format("{}.{}", version / 10, version % 10);
  put(at, "version", "Version", version_text, version_text);
  const unsigned mode = head >> 4U & 3U;
  put(at + 1, "ui_mode", "UI mode", mode, fmt::format("{} ({})", mode, ui_mode_meaning(mode)));
  const std::string initiator = (head & 8U) != 0 ? "server" : "user";
  put(at + 1, "initiator", "Initiator", initiator, initiator);
  DM_TRY(in_.take(3));  // future use
  const std::size_t id_at = in_.position();
  const unsigned id = DM_TRY(in_.u16be());
  const std::string id_text = fmt::format("{:X}", id);
  put(id_at, "session_id", "Session id", id_text, id_text + " (hexadecimal)");
  const std::size_t length = DM_TRY(in_.u8());
  const std::size_t server_at = in_.position();
  if (length > in_.remaining()) {
    const std::string rest = one_line(in_.rest());
    put(server_at, "server_id", "Server id", rest, fmt::format("{}… ({} of {} octets)", rest, in_.remaining(), length));
    return Error{Errc::malformed, "the server identifier runs past the end"};
  }
  const Bytes server = DM_TRY(in_.take(length));
  put(server_at, "server_id", "Server id", is_utf8(server) ? std::string(server) : one_line(server), one_line(server));
  if (!in_.empty()) put_octets(in_.position(), "vendor", "Vendor data", in_.rest());
  return {};
}

std::string_view bearer_name(Bearer bearer) noexcept {
  if (bearer == Bearer::wsp) return "wsp_push";
  return bearer == Bearer::oma_push ? "oma_push" : "none";
}

Result<void> read_fields(Bytes octets, Notification& out) {
  if (out.bearer == Bearer::wsp) DM_TRY(FieldReader(octets, 0, out.fields).wsp_header());
  const std::string_view type = out.bearer == Bearer::wsp        ? kWspType
                                : out.bearer == Bearer::oma_push ? kOmaPushType
                                                                 : kNotificationType;
  const Bytes body = DM_TRY(notification_body(octets, type));
  DM_TRY(FieldReader(body, octets.size() - body.size(), out.fields).trigger());
  DM_TRY(parse_package0(body));
  return {};
}

}  // namespace

std::optional<Bearer> recognise_notification(Bytes octets) {
  if (const Result<Bytes> body = notification_body(octets, ""); body && parse_package0(*body)) {
    return body->size() == octets.size() ? Bearer::none : Bearer::wsp;
  }
  if (octet_at(octets, 1) == kPushPdu && names_notification(octets)) return Bearer::wsp;
  const std::string head = to_lower(octets.substr(0, kHeadersShown));
  if (head.find("content-type:") != std::string::npos && head.find(kNotificationType) != std::string::npos) {
    return Bearer::oma_push;
  }
  return has_trigger_header(octets) ? std::optional(Bearer::none) : std::nullopt;
}

Notification read_notification(Bytes octets, Bearer bearer) {
  Notification out;
  out.bearer = bearer;
  out.octets = octets.size();
  if (const Result<void> read = read_fields(octets, out); !read) out.error = read.error();
  return out;
}

std::string print_notification(const Notification& notification, std::size_t indent, bool offsets) {
  std::string out;
  for (const NotificationField& field : notification.fields) {
    if (offsets) out += fmt::format("   {:04x} ", field.offset);
    out += fmt::format("{}{}: {}\n", std::string(2 * indent, ' '), field.label, field.text);
  }
  return out;
}

nlohmann::ordered_json json_of_notification(const Notification& notification, bool offsets) {
  nlohmann::ordered_json out{{"bearer", bearer_name(notification.bearer)}, {"octets", notification.octets}};
  nlohmann::ordered_json places = nlohmann::ordered_json::object();
  for (const NotificationField& field : notification.fields) {
    out[field.key] = field.value;
    places[field.key] = field.offset;
  }
  if (offsets) out["offsets"] = std::move(places);
  return out;
}

}  // namespace omadm::trace
