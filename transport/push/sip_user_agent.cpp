#include "transport/push/sip_user_agent.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "transport/push/push_types.h"

namespace omadm {
namespace {

constexpr std::chrono::seconds kTransactionLife{32};  // 64 times T1, [RFC 3261] 17.2.2
constexpr std::size_t kTransactions = 256;            // remembered at once; beyond that the oldest goes
constexpr std::size_t kLoggedOrigin = 128;            // octets

constexpr std::string_view kAllow = "Allow: MESSAGE, OPTIONS\r\n";
constexpr std::string_view kFeature = "g.oma.pusheventapp";
constexpr std::string_view kApplications[] = {"x-wap-application:syncml.dm", "syncml.dm"};

std::string accept_field() { return "Accept: " + accepted_push_types() + "\r\n"; }

// True when the caller wants a receiver of some other push application (SIP-002). No word of it is no reason to refuse.
bool is_for_another(const std::string* accept_contact) {
  if (accept_contact == nullptr) return false;
  const std::string wanted = to_lower(*accept_contact);
  const std::size_t tag = wanted.find(kFeature);
  if (tag == std::string::npos) return false;
  std::string_view value = std::string_view(wanted).substr(tag + kFeature.size());
  value.remove_prefix(std::min(value.find('"'), value.size()));
  if (value.empty()) return true;
  value.remove_prefix(1);
  value = value.substr(0, value.find('"'));
  for (const std::string_view one : split(value, ',')) {
    if (std::find(std::begin(kApplications), std::end(kApplications), trim(one)) != std::end(kApplications))
      return false;
  }
  return true;
}

}  // namespace

SipUserAgent::SipUserAgent(const Clock& clock, Log& log, SipSenderCheck may_send, PushHandler handler)
    : clock_(clock),
      log_(log),
      may_send_(std::move(may_send)),
      handler_(std::move(handler)),
      tag_(hex_encode(random_octets(8))) {}

std::string SipUserAgent::receive(const SipRequest& request, const InetAddress& source) {
  if (request.method() == "ACK") return {};  // never answered
  const std::string transaction = request.transaction();
  if (const std::string* const earlier = earlier_answer(transaction)) return *earlier;
  bool is_push = false;
  std::string answer = fresh_answer(request, source, is_push);
  if (answered_.size() >= kTransactions) answered_.pop_front();
  answered_.push_back({transaction, clock_.steady() + kTransactionLife, answer});
  if (is_push) {
    const std::string* const asserted = request.field("P-Asserted-Identity");
    const std::string& origin = asserted != nullptr ? *asserted : *request.field("From");
    log_.write(LogLevel::info, "a push by SIP, said to be from " + origin.substr(0, kLoggedOrigin));  // SIP-009
    handler_(request.body(), *request.field("Content-Type"));
  }
  return answer;
}

const std::string* SipUserAgent::earlier_answer(const std::string& transaction) {
  while (!answered_.empty() && answered_.front().until <= clock_.steady()) answered_.pop_front();
  const auto found = std::find_if(answered_.begin(), answered_.end(),
                                  [&](const Answered& one) { return one.transaction == transaction; });
  return found == answered_.end() ? nullptr : &found->answer;
}

std::string SipUserAgent::fresh_answer(const SipRequest& request, const InetAddress& source, bool& is_push) const {
  const auto answer = [&](std::string_view status, const std::string& further = {}) {
    return request.answer(status, source, tag_, further);
  };
  if (request.version() != "SIP/2.0") return answer("505 Version Not Supported");
  if (!request.is_sound()) return answer("400 Bad Request");
  if (request.method() != "MESSAGE" && request.method() != "OPTIONS") {
    return answer("405 Method Not Allowed", std::string(kAllow));
  }
  if (const std::string* const required = request.field("Require")) {
    return answer("420 Bad Extension", "Unsupported: " + *required + "\r\n");
  }
  if (request.method() == "OPTIONS") {
    return answer("200 OK", std::string(kAllow).append(accept_field()).append("Accept-Encoding: identity\r\n"));
  }
  std::string refusal = refusal_of_content(request, source);
  if (!refusal.empty()) return refusal;
  is_push = true;
  return answer("200 OK");
}

std::string SipUserAgent::refusal_of_content(const SipRequest& request, const InetAddress& source) const {
  if (is_for_another(request.field("Accept-Contact"))) {
    return request.answer("480 Temporarily Unavailable", source, tag_);
  }
  const std::string* const encoding = request.field("Content-Encoding");
  if (encoding != nullptr && !equals_ignoring_case(*encoding, "identity")) {
    return request.answer("415 Unsupported Media Type", source, tag_, "Accept-Encoding: identity\r\n");
  }
  const std::string* const type = request.field("Content-Type");
  const PushType kind = type != nullptr ? push_type(*type) : PushType::other;
  if (kind == PushType::other) return request.answer("415 Unsupported Media Type", source, tag_, accept_field());
  if (request.body().size() > max_push_octets(kind)) {
    return request.answer("413 Request Entity Too Large", source, tag_);
  }
  return {};
}

}  // namespace omadm
