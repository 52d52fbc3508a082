// WSP push PDUs and push messages of SIP: what is inside lies within what came.
#include "syncml/notification/push_message.h"

#include "bootstrap/bootstrap.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  for (const std::string_view type : {std::string_view{}, std::string_view("application/vnd.oma.push")}) {
    const auto push = open_push(input, type);
    if (!push) continue;
    fuzz::require(!push->content_type.empty(), "a push has a type");
    const bool within = push->body.empty() ||
                        (push->body.data() >= input.data() && push->body.data() + push->body.size() <= input.end());
    fuzz::require(within, "the body lies within the push");
    fuzz::require(type.empty() ? push->body.empty() || push->body.data() + push->body.size() == input.end() : true,
                  "the body of a PDU is all the rest");
    if (is_bootstrap_type(push->content_type)) {
      static_cast<void>(bootstrap_needs({Octets(push->body), push->content_type}));
    }
  }
  return 0;
}
