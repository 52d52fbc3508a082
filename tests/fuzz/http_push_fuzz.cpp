// HTTP pushes: in one piece and in two the same, and never more consumed than came.
#include "transport/push/http_push_listener.h"

#include "base/ports/push_listener.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  std::size_t delivered = 0;
  const PushHandler handler = [&](Bytes body, std::string_view type) {
    ++delivered;
    fuzz::require(body.size() <= kMaxPush && !type.empty(), "a push has a type and is within the limit");
  };
  const StreamTurn turn = serve_http_push(input, handler);
  fuzz::require(turn.consumed <= input.size(), "no more is consumed than came");
  fuzz::require(turn.reply.empty() || turn.reply.ends_with("\r\n\r\n"), "a reply is a whole head");
  fuzz::require((delivered == 1) == (turn.consumed > 0), "what is delivered is consumed, and nothing else");
  fuzz::require((delivered == 1) == turn.reply.starts_with("HTTP/1.1 204"), "what is delivered is answered 204");
  if (input.empty() || turn.consumed == 0) return 0;
  const StreamTurn half = serve_http_push(input.substr(0, turn.consumed - 1), handler);
  fuzz::require(delivered == 1 && half.consumed == 0 && !half.close, "an octet less is waited for");
  return 0;
}
