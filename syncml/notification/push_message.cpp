// What bearers wrap around a message: the WSP Push PDU of SMS and UDP, and the push message of SIP.
#include "syncml/notification/push_message.h"

#include <array>
#include <optional>

#include "base/text.h"
#include "base/text_head.h"
#include "syncml/notification/package0.h"

namespace omadm {
namespace {

constexpr std::string_view kOmaPushType = "application/vnd.oma.push";
constexpr std::string_view kWspType = "application/vnd.wap.wsp";
constexpr std::string_view kApplicationIdField = "x-wap-application-id";
// How the application is named in words: [OMNA] push application ids, and the short forms in the field.
constexpr std::string_view kApplicationIds[] = {"x-wap-application:syncml.dm", "syncml.dm", "7"};
constexpr std::uint8_t kPushPdu = 0x06;
constexpr std::uint8_t kShortFlag = 0x80;  // a well-known code in one octet
constexpr std::uint32_t kApplicationIdHeader = 0x2F;
constexpr std::uint32_t kSyncmlDmCode = 0x07;

struct TypeCode {
  std::uint32_t code;
  std::string_view name;
};
// [WSP] content types a DM client may be sent; BOOT-022, NOT-002.
constexpr std::array<TypeCode, 6> kTypeCodes = {{{0x35, "text/vnd.wap.connectivity-xml"},
                                                 {0x36, "application/vnd.wap.connectivity-wbxml"},
                                                 {0x42, "application/vnd.syncml.dm+wbxml"},
                                                 {0x43, "application/vnd.syncml.dm+xml"},
                                                 {0x44, kNotificationType},
                                                 {0x58, "application/vnd.syncml.dm.notification"}}};
// [WSP] parameters of a bootstrap document's type; BOOT-023.
constexpr std::uint32_t kSecParameter = 0x11;
constexpr std::uint32_t kMacParameter = 0x12;

Error malformed(std::string_view why) { return Error{Errc::malformed, "WSP push: " + std::string(why)}; }
Error unsupported(std::string_view why) { return Error{Errc::unsupported, "push: " + std::string(why)}; }

// A field value of WSP: a well-known code, or text, or octets that are neither.
struct WspValue {
  bool is_code = false;
  std::uint32_t code = 0;
  Bytes octets;
};

bool begins_text(std::uint8_t octet) { return octet >= 0x20 && octet < kShortFlag; }

// Text up to its NUL, without the quote octet (7F) that WSP puts before some texts.
Result<WspValue> take_text(ByteReader& reader) {
  Bytes text = DM_TRY(reader.take_until_nul());
  if (!text.empty() && text.front() == '\x7F') text.remove_prefix(1);
  return WspValue{false, 0, text};
}

// Value-length of WSP: 0 to 30 as it is, 31 and then a uintvar.
Result<Bytes> take_counted(ByteReader& reader) {
  const std::uint8_t first = DM_TRY(reader.u8());
  const std::uint32_t length = first == 31 ? DM_TRY(reader.mb_u32()) : first;
  return reader.take(length);
}

// A long integer (length, then big endian octets), a short one, or text: what may stand in a counted value.
Result<WspValue> first_of(Bytes counted) {
  ByteReader reader(counted);
  const std::uint8_t first = DM_TRY(reader.u8());
  if (first >= kShortFlag) return WspValue{true, first & 0x7FU, {}};
  if (begins_text(first)) {
    ByteReader text(counted);
    return take_text(text);
  }
  if (first == 0 || first > sizeof(std::uint32_t) || first > reader.remaining()) {
    return WspValue{false, 0, counted};
  }
  std::uint32_t code = 0;
  for (unsigned i = 0; i < first; ++i) code = code << 8U | DM_TRY(reader.u8());
  return WspValue{true, code, {}};
}

Result<WspValue> take_value(ByteReader& reader) {
  const std::uint8_t first = DM_TRY(reader.peek_u8());
  if (first >= kShortFlag) {
    static_cast<void>(DM_TRY(reader.u8()));
    return WspValue{true, first & 0x7FU, {}};
  }
  if (begins_text(first)) return take_text(reader);
  const Bytes counted = DM_TRY(take_counted(reader));
  if (counted.empty()) return WspValue{};
  // A long integer that is a field's whole value has its count already taken off.
  if (counted.size() == 1 && static_cast<unsigned char>(counted.front()) < 0x20) {
    return WspValue{true, static_cast<unsigned char>(counted.front()), {}};
  }
  return first_of(counted);
}

std::string_view media_type(std::string_view value) { return trim(value.substr(0, value.find(';'))); }

bool is_dm_application(const WspValue& value) {
  if (value.is_code) return value.code == kSyncmlDmCode;
  for (const std::string_view known : kApplicationIds) {
    if (equals_ignoring_case(media_type(value.octets), known)) return true;
  }
  return false;
}

// Looks for the application id among the headers behind the content type; other headers are passed over. Nothing: none.
Result<std::optional<bool>> names_dm_application(ByteReader& headers) {
  std::optional<bool> named;
  bool default_page = true;
  while (!headers.empty()) {
    const std::uint8_t first = DM_TRY(headers.peek_u8());
    if (first < 0x20 || first == 0x7F) {  // a shift to another code page: short cut, or 7F and the page
      static_cast<void>(DM_TRY(headers.u8()));
      const std::uint8_t page = first == 0x7F ? DM_TRY(headers.u8()) : first;
      default_page = page == 1;
      continue;
    }
    bool is_application_id = false;
    if (first >= kShortFlag) {
      is_application_id = default_page && (DM_TRY(headers.u8()) & 0x7FU) == kApplicationIdHeader;
    } else {
      is_application_id = equals_ignoring_case(DM_TRY(headers.take_until_nul()), kApplicationIdField);
    }
    const WspValue value = DM_TRY(take_value(headers));
    if (is_application_id) named = is_dm_application(value) && named.value_or(true);
  }
  return named;
}

std::string_view name_of_code(std::uint32_t code) {
  for (const TypeCode& known : kTypeCodes) {
    if (known.code == code) return known.name;
  }
  return {};
}

// "; SEC=1; MAC=…" out of the parameters behind a type; others are left out.
Result<std::string> parameters_of(ByteReader& reader) {
  std::string text;
  while (!reader.empty()) {
    const WspValue name = DM_TRY(take_value(reader));
    const WspValue value = DM_TRY(take_value(reader));
    std::string_view known;
    if (name.is_code ? name.code == kSecParameter : equals_ignoring_case(name.octets, "SEC")) known = "SEC";
    if (name.is_code ? name.code == kMacParameter : equals_ignoring_case(name.octets, "MAC")) known = "MAC";
    if (known.empty()) continue;
    text.append("; ").append(known).append("=");
    text += value.is_code ? std::to_string(value.code) : std::string(value.octets);
  }
  return text;
}

// A content type of WSP as one writes it in text. unsupported: a code of something else.
Result<std::string> take_content_type(ByteReader& headers) {
  const std::uint8_t first = DM_TRY(headers.peek_u8());
  const bool counted = first < 0x20;
  ByteReader inner(counted ? DM_TRY(take_counted(headers)) : Bytes());
  ByteReader& reader = counted ? inner : headers;
  const WspValue type = DM_TRY(take_value(reader));
  const std::string name(type.is_code ? name_of_code(type.code) : type.octets);
  if (media_type(name).empty()) return unsupported("the content type is not one of device management");
  return counted ? name + DM_TRY(parameters_of(inner)) : name;
}

// [WSP] push PDU: TID, type 06, HeadersLen, content type, headers, data.
Result<PushMessage> open_wsp(Bytes pdu) {
  ByteReader reader(pdu);
  static_cast<void>(DM_TRY(reader.u8()));  // TID, any value
  if (DM_TRY(reader.u8()) != kPushPdu) return malformed("not a push PDU");
  const std::uint32_t length = DM_TRY(reader.mb_u32());
  ByteReader headers(DM_TRY(reader.take(length)));
  PushMessage message;
  message.content_type = DM_TRY(take_content_type(headers));
  message.for_dm = DM_TRY(names_dm_application(headers));
  message.body = reader.rest();
  return message;
}

bool is_plain(std::string_view encoding) {
  return encoding.empty() || equals_ignoring_case(encoding, "identity") || equals_ignoring_case(encoding, "binary") ||
         equals_ignoring_case(encoding, "8bit");
}

// Text headers, an empty line, then the content. NOT-100, SIP-004.
Result<PushMessage> open_oma_push(Bytes entity) {
  const std::optional<TextHead> head = DM_TRY(TextHead::parse(entity, false));
  if (!head) return Error{Errc::malformed, "push message: no empty line after its headers"};
  PushMessage message;
  message.body = entity.substr(head->size());
  const std::string* const type = head->find("Content-Type");
  if (type == nullptr || media_type(*type).empty()) return unsupported("no content type");
  message.content_type = *type;
  if (const std::string* const id = head->find(kApplicationIdField)) {
    message.for_dm = is_dm_application({false, 0, *id});
  }
  for (const std::string_view name : {"Content-Encoding", "Content-Transfer-Encoding"}) {
    const std::string* const encoding = head->find(name);
    if (encoding != nullptr && !is_plain(*encoding)) return unsupported("its content is encoded");
  }
  if (const std::string* const length = head->find("Content-Length")) {
    const auto octets = parse_unsigned(*length);
    if (!octets || *octets > message.body.size()) return Error{Errc::malformed, "push message: its length is wrong"};
    message.body = message.body.substr(0, static_cast<std::size_t>(*octets));
  }
  return message;
}

// The trigger in it. NOT-030, NOT-085.
Result<Bytes> trigger_of(const PushMessage& message, bool needs_application) {
  if (!equals_ignoring_case(media_type(message.content_type), kNotificationType)) {
    return unsupported("the content type is not a DM notification");
  }
  if (!message.for_dm.value_or(true)) return unsupported("the application id is not syncml.dm");
  if (needs_application && !message.for_dm) return unsupported("no application id");
  return message.body;
}

}  // namespace

Result<PushMessage> open_push(Bytes octets, std::string_view content_type) {
  const std::string_view type = media_type(content_type);
  if (equals_ignoring_case(type, kOmaPushType)) return open_oma_push(octets);
  if (equals_ignoring_case(type, kWspType) || type.empty()) return open_wsp(octets);
  return PushMessage{std::string(content_type), octets, std::nullopt};
}

Result<Bytes> notification_body(Bytes octets, std::string_view content_type) {
  const std::string_view type = media_type(content_type);
  const bool wrapped = type.empty() || equals_ignoring_case(type, kWspType);
  const Result<PushMessage> message = open_push(octets, content_type);
  Result<Bytes> body = message ? trigger_of(*message, wrapped) : Result<Bytes>(message.error());
  // No type was told: a digest may begin with any octets, so the PDU's whole header has to fit before it counts.
  const bool bare = type.empty() && !body && (body.error().code == Errc::malformed || parse_package0(octets, true));
  return bare ? Result<Bytes>(octets) : std::move(body);
}

}  // namespace omadm
