// What bearers wrap around a trigger: the WSP Push PDU of SMS and UDP, and the push message of SIP.
#include "base/text.h"
#include "syncml/notification/package0.h"

namespace omadm {
namespace {

constexpr std::string_view kOmaPushType = "application/vnd.oma.push";
constexpr std::string_view kWspType = "application/vnd.wap.wsp";
constexpr std::string_view kApplicationIdField = "x-wap-application-id";
constexpr std::string_view kApplicationId = "x-wap-application:syncml.dm";
constexpr std::string_view kApplicationIdShort = "syncml.dm";
constexpr std::uint8_t kPushPdu = 0x06;
constexpr std::uint8_t kShortFlag = 0x80;  // a well-known code in one octet
constexpr std::uint32_t kNotificationCode = 0x44;
constexpr std::uint32_t kApplicationIdHeader = 0x2F;
constexpr std::uint32_t kSyncmlDmCode = 0x07;

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

bool is_notification_type(const WspValue& value) {
  if (value.is_code) return value.code == kNotificationCode;
  return equals_ignoring_case(trim(value.octets.substr(0, value.octets.find(';'))), kNotificationType);
}

bool is_dm_application(const WspValue& value) {
  if (value.is_code) return value.code == kSyncmlDmCode;
  return equals_ignoring_case(value.octets, kApplicationId) || equals_ignoring_case(value.octets, kApplicationIdShort);
}

// Looks for the application id among the headers behind the content type; other headers are passed over.
Result<bool> names_dm_application(ByteReader& headers) {
  bool found = false;
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
    if (!is_application_id) continue;
    if (!is_dm_application(value)) return unsupported("the application id is not syncml.dm");
    found = true;
  }
  return found;
}

// [WSP] push PDU: TID, type 06, HeadersLen, content type, headers, data.
Result<Bytes> wsp_body(Bytes pdu) {
  ByteReader reader(pdu);
  static_cast<void>(DM_TRY(reader.u8()));  // TID, any value
  if (DM_TRY(reader.u8()) != kPushPdu) return malformed("not a push PDU");
  const std::uint32_t length = DM_TRY(reader.mb_u32());
  ByteReader headers(DM_TRY(reader.take(length)));
  const WspValue type = DM_TRY(take_value(headers));
  if (!is_notification_type(type)) return unsupported("the content type is not a DM notification");
  if (!DM_TRY(names_dm_application(headers))) return unsupported("no application id");  // NOT-030
  return reader.rest();
}

// Text headers, an empty line, then the trigger. NOT-100.
Result<Bytes> oma_push_body(Bytes entity) {
  bool type_seen = false;
  while (true) {
    const std::size_t end = entity.find('\n');
    if (end == Bytes::npos) return Error{Errc::malformed, "push message: no empty line after its headers"};
    const Bytes line = trim(entity.substr(0, end));
    entity.remove_prefix(end + 1);
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == Bytes::npos) return Error{Errc::malformed, "push message: a header without colon"};
    const Bytes name = trim(line.substr(0, colon));
    const WspValue value{false, 0, trim(line.substr(colon + 1))};
    if (equals_ignoring_case(name, "content-type")) {
      if (!is_notification_type(value)) return unsupported("the content type is not a DM notification");
      type_seen = true;
    } else if (equals_ignoring_case(name, kApplicationIdField) && !is_dm_application(value)) {
      return unsupported("the application id is not syncml.dm");
    }
  }
  if (!type_seen) return unsupported("no content type");
  return entity;
}

}  // namespace

Result<Bytes> notification_body(Bytes octets, std::string_view content_type) {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  if (equals_ignoring_case(type, kNotificationType)) return octets;
  if (equals_ignoring_case(type, kOmaPushType)) return oma_push_body(octets);
  if (equals_ignoring_case(type, kWspType)) return wsp_body(octets);
  if (!type.empty()) return unsupported("content type " + std::string(type));
  // No type was told: a digest may begin with any octets, so the PDU's whole header has to fit before it counts.
  Result<Bytes> body = wsp_body(octets);
  if (body || body.error().code == Errc::malformed || parse_package0(octets)) {
    return body ? std::move(body) : Result<Bytes>(octets);
  }
  return body;
}

}  // namespace omadm
