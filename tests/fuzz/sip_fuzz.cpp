// SIP requests as a stream and as datagrams: answers are whole and on their own, a retransmission is delivered once.
#include "transport/push/sip_request.h"

#include <algorithm>

#include "base/io/clock.h"
#include "base/io/log.h"
#include "tests/fuzz/fuzz_input.h"
#include "transport/push/sip_user_agent.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

void take(Bytes octets) {
  const auto request = SipRequest::parse(octets);
  if (!request) return;
  const SystemClock clock;
  NullLog log;
  std::size_t delivered = 0;
  SipUserAgent agent(
      clock, log, [](const InetAddress&) { return true; },
      [&](Bytes body, std::string_view) {
        ++delivered;
        fuzz::require(body.size() <= octets.size(), "a body lies within its message");
      });
  const InetAddress source = *InetAddress::parse("127.0.0.1:5060");
  static_cast<void>(request->answer_address(source));
  const std::string first = agent.receive(*request, source);
  const std::string again = agent.receive(*request, source);
  fuzz::require(delivered <= 1, "what comes twice is delivered once");
  fuzz::require(first == again, "what comes twice gets the same answer");
  if (first.empty()) return;
  fuzz::require(first.starts_with("SIP/2.0 ") && first.ends_with("\r\n\r\n"), "an answer is a whole head");
  fuzz::require(first.find("\r\n\r\n") + 4 == first.size(), "nothing of the request ends the head of its answer");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::octets(data, size);
  if (const auto length = sip_message_size(input); length && *length) {
    fuzz::require(**length > 0 && **length <= input.size(), "a message lies within the stream");
    take(input.substr(0, **length));
  }
  take(input);
  return 0;
}
