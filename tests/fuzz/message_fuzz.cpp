// Packages in either encoding: what is read can be written in both, and read again.
#include <algorithm>

#include "syncml/codec/codec.h"
#include "wbxml/wbxml_reader.h"

#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  Limits limits;
  limits.max_octets = 1U << 16U;
  const Encoding encoding = looks_like_wbxml(input) ? Encoding::wbxml : Encoding::xml;
  static_cast<void>(decode_header(encoding, input, limits));
  const auto message = decode(encoding, input, limits);
  if (!message) return 0;
  const auto again = decode(Encoding::wbxml, encode(*message, Encoding::wbxml), Limits{});
  fuzz::require(again.has_value(), "what was written can be read");
  const auto known = [](const Command& command) { return command.name != CommandName::unknown; };
  const auto before = std::count_if(message->commands.begin(), message->commands.end(), known);
  fuzz::require(std::ssize(again->commands) == before, "no command is lost or made; unknown ones are not written");
  return 0;
}
