#include "transport/push/http_push_listener.h"

#include <utility>
#include <vector>

#include "base/text.h"
#include "base/text_head.h"
#include "transport/push/push_types.h"

namespace omadm {
namespace {

constexpr TextHeadLimits kHeadLimits{8192, 100};
constexpr StreamLimits kLimits{.octets = kHeadLimits.octets + kMaxPush};

StreamTurn answer(std::size_t consumed, std::string_view status, bool close, std::string_view further = {}) {
  std::string reply = "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(further);
  // A 204 has no body, and so no length either ([RFC 9110] 8.6).
  if (!status.starts_with("204")) reply += "Content-Length: 0\r\n";
  if (close) reply += "Connection: close\r\n";
  return {consumed, reply + "\r\n", close};
}

// Refusals close the connection: what follows the head is not looked for.
StreamTurn refuse(std::string_view status, std::string_view further = {}) { return answer(0, status, true, further); }

bool keeps_open(const TextHead& head, std::string_view version) {
  const std::string* const connection = head.find("Connection");
  return version == "HTTP/1.1" && (connection == nullptr || !equals_ignoring_case(*connection, "close"));
}

}  // namespace

StreamTurn serve_http_push(Bytes received, const PushHandler& handler) {
  const auto head = TextHead::parse(received, true, kHeadLimits);
  if (!head)
    return refuse(head.error().code == Errc::too_large ? "431 Request Header Fields Too Large" : "400 Bad Request");
  if (!*head) return {};
  const TextHead& request = **head;
  const std::vector<std::string_view> words = split(request.start_line(), ' ');
  if (words.size() != 3 || !words[2].starts_with("HTTP/1.")) return refuse("400 Bad Request");
  if (words[0] != "POST") return refuse("405 Method Not Allowed", "Allow: POST\r\n");
  const std::string* const length = request.find("Content-Length");
  if (length == nullptr || request.find("Transfer-Encoding") != nullptr) return refuse("411 Length Required");
  const auto size = parse_unsigned(*length);
  if (!size) return refuse("400 Bad Request");
  const std::string* const content_type = request.find("Content-Type");
  const PushType type = content_type != nullptr ? push_type(*content_type) : PushType::other;
  if (type == PushType::other) return refuse("415 Unsupported Media Type");
  if (*size > max_push_octets(type)) return refuse("413 Content Too Large");
  const Bytes body = received.substr(request.size());
  if (body.size() < *size) {
    const std::string* const expected = request.find("Expect");
    const bool asks = body.empty() && expected != nullptr && equals_ignoring_case(*expected, "100-continue");
    return {0, asks ? "HTTP/1.1 100 Continue\r\n\r\n" : "", false};
  }
  handler(body.substr(0, static_cast<std::size_t>(*size)), *content_type);
  return answer(request.size() + static_cast<std::size_t>(*size), "204 No Content", !keeps_open(request, words[2]));
}

Result<InetAddress> HttpPushListener::check(std::string_view address, bool beyond_loopback) {
  const InetAddress wanted = DM_TRY(InetAddress::parse(address));
  if (wanted.is_loopback() || beyond_loopback) return wanted;
  return Error{Errc::not_allowed,
               wanted.text() + ": others could reach it; set http_beyond_loopback = true to allow that"};
}

Result<std::unique_ptr<PushListener>> HttpPushListener::listen(EventLoop& loop, std::string_view address,
                                                               bool beyond_loopback, PushHandler handler) {
  const InetAddress wanted = DM_TRY(check(address, beyond_loopback));
  auto listener = std::make_unique<HttpPushListener>();
  listener->streams_ = DM_TRY(
      StreamListener::listen(loop, wanted, kLimits, [handler = std::move(handler)](Bytes received, const InetAddress&) {
        return serve_http_push(received, handler);
      }));
  return std::unique_ptr<PushListener>(std::move(listener));
}

}  // namespace omadm
