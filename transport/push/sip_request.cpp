#include "transport/push/sip_request.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/ports/push_listener.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr std::uint16_t kSipPort = 5060;

struct ShortName {
  std::string_view name, letter;
};
// [RFC 3261] 7.3.3, [RFC 3841] 9.2.
constexpr std::array<ShortName, 8> kShortNames = {{{"Via", "v"},
                                                   {"From", "f"},
                                                   {"To", "t"},
                                                   {"Call-ID", "i"},
                                                   {"Content-Length", "l"},
                                                   {"Content-Type", "c"},
                                                   {"Content-Encoding", "e"},
                                                   {"Accept-Contact", "a"}}};

bool is_named(const TextHead::Field& field, std::string_view name) {
  if (equals_ignoring_case(field.name, name)) return true;
  for (const ShortName& known : kShortNames) {
    if (known.name == name) return equals_ignoring_case(field.name, known.letter);
  }
  return false;
}

const std::string* find(const TextHead& head, std::string_view name) {
  for (const TextHead::Field& field : head.fields()) {
    if (is_named(field, name)) return &field.value;
  }
  return nullptr;
}

// Where the first value of a list ends: its comma outside quotes, or the end.
std::size_t end_of_first(std::string_view list) {
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '"') quoted = !quoted;
    if (list[i] == ',' && !quoted) return i;
    if (list[i] == '\\' && quoted) ++i;
  }
  return list.size();
}

// The value of a parameter of "a;b=c;d": "" when it has none, nothing when it is not there.
std::optional<std::string_view> parameter(std::string_view text, std::string_view name) {
  std::size_t start = text.find(';');
  while (start != std::string_view::npos) {
    text.remove_prefix(start + 1);
    start = text.find(';');
    const std::string_view part = trim(text.substr(0, start));
    const std::size_t equals = part.find('=');
    if (!equals_ignoring_case(trim(part.substr(0, equals)), name)) continue;
    return equals == std::string_view::npos ? std::string_view() : trim(part.substr(equals + 1));
  }
  return std::nullopt;
}

// host and port of "SIP/2.0/UDP host:port;…".
std::string_view sent_by(std::string_view via) {
  via = trim(via.substr(0, via.find(';')));
  const std::size_t blank = via.find_last_of(" \t");
  return blank == std::string_view::npos ? std::string_view() : via.substr(blank + 1);
}

std::size_t blank_octets(Bytes stream) {
  const std::size_t first = stream.find_first_not_of("\r\n");
  return first == Bytes::npos ? stream.size() : first;
}

}  // namespace

Result<std::optional<std::size_t>> sip_message_size(Bytes stream) {
  const std::size_t blank = blank_octets(stream);  // keep-alives, [RFC 3261] 7.5
  if (blank == stream.size()) return blank == 0 ? std::optional<std::size_t>() : blank;
  const auto head = DM_TRY(TextHead::parse(stream.substr(blank), true, kSipHeadLimits));
  if (!head) return std::optional<std::size_t>();
  const std::string* const length = find(*head, "Content-Length");
  const auto octets = length != nullptr ? parse_unsigned(*length) : std::nullopt;
  if (!octets) return Error{Errc::malformed, "SIP: no Content-Length"};
  if (*octets > kMaxPush) return Error{Errc::too_large, "SIP: the body is too large"};
  const std::size_t size = blank + head->size() + static_cast<std::size_t>(*octets);
  return size <= stream.size() ? std::optional(size) : std::nullopt;
}

Result<SipRequest> SipRequest::parse(Bytes octets) {
  octets.remove_prefix(blank_octets(octets));
  auto head = DM_TRY(TextHead::parse(octets, true, kSipHeadLimits));
  if (!head) return Error{Errc::malformed, "SIP: the head has no end"};
  SipRequest request;
  request.head_ = std::move(*head);
  const std::vector<std::string_view> words = split(request.head_.start_line(), ' ');
  if (words.size() != 3 || words[0].empty() || !words[2].starts_with("SIP/")) {
    return Error{Errc::malformed, "SIP: not a request"};
  }
  request.method_ = words[0];
  request.version_ = words[2];
  for (const std::string_view name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
    const std::string* const value = request.field(name);
    if (value == nullptr || value->empty()) return Error{Errc::malformed, "SIP: no " + std::string(name)};
  }
  const std::string& sequence = *request.field("CSeq");
  request.sound_ = trim(std::string_view(sequence).substr(sequence.find_last_of(" \t") + 1)) == request.method_;
  request.body_ = octets.substr(request.head_.size());
  if (const std::string* const length = request.field("Content-Length")) {
    const auto claimed = parse_unsigned(*length);
    request.sound_ = request.sound_ && claimed && *claimed <= request.body_.size();
    if (request.sound_) request.body_ = request.body_.substr(0, static_cast<std::size_t>(*claimed));
  }
  return request;
}

const std::string* SipRequest::field(std::string_view name) const noexcept { return find(head_, name); }

std::string SipRequest::top_via() const {
  const std::string& all = *field("Via");
  return all.substr(0, end_of_first(all));
}

std::string SipRequest::transaction() const {
  const std::string via = top_via();
  std::string key;
  for (const std::string_view part :
       {std::string_view(parameter(via, "branch").value_or("")), sent_by(via), std::string_view(*field("Call-ID")),
        std::string_view(*field("CSeq")), std::string_view(*field("From"))}) {
    key.append(part).push_back('\n');
  }
  return key;
}

InetAddress SipRequest::answer_address(const InetAddress& source) const {
  const std::string via = top_via();
  InetAddress address = source;
  if (parameter(via, "rport")) return address;
  const std::string_view by = sent_by(via);
  const std::size_t colon = by.rfind(':');
  const bool has_port = colon != std::string_view::npos && by.find(']', colon) == std::string_view::npos;
  const std::uint64_t port = parse_unsigned(has_port ? by.substr(colon + 1) : std::string_view()).value_or(0);
  address.set_port(port > 0 && port <= 65535 ? static_cast<std::uint16_t>(port) : kSipPort);
  return address;
}

// Says where the request came from, and from which port if the sender wants to know ([RFC 3261] 18.2.1, [RFC 3581] 4).
std::string SipRequest::answered_via(const std::string& via, const InetAddress& source) {
  const std::size_t end = end_of_first(via);
  std::string top;
  for (const std::string_view part : split(std::string_view(via).substr(0, end), ';')) {
    const std::string_view name = trim(part.substr(0, part.find('=')));
    if (equals_ignoring_case(name, "received")) continue;
    if (!top.empty()) top += ';';
    if (equals_ignoring_case(name, "rport")) {
      top += "rport=" + std::to_string(source.port());
    } else {
      top += part;
    }
  }
  return top + ";received=" + source.host() + via.substr(end);
}

std::string SipRequest::answer(std::string_view status, const InetAddress& source, std::string_view to_tag,
                               std::string_view further) const {
  std::string text = "SIP/2.0 " + std::string(status) + "\r\n";
  bool top = true;
  for (const TextHead::Field& field : head_.fields()) {
    if (!is_named(field, "Via")) continue;
    text += "Via: " + (top ? answered_via(field.value, source) : field.value) + "\r\n";
    top = false;
  }
  const std::string& to = *field("To");
  const std::size_t address_end = to.rfind('>');
  const bool tagged = parameter(address_end == std::string::npos ? to : to.substr(address_end), "tag").has_value();
  text += "From: " + *field("From") + "\r\nTo: " + to + (tagged ? "" : ";tag=" + std::string(to_tag)) + "\r\n";
  text += "Call-ID: " + *field("Call-ID") + "\r\nCSeq: " + *field("CSeq") + "\r\n";
  return text.append(further).append("Content-Length: 0\r\n\r\n");
}

}  // namespace omadm
