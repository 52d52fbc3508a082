// The value of a large object on its way to the file its leaf is kept in: never in memory as a whole.
// [DMPRO] "Large object handling"; PRO-255, PRO-258, PRO-263.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

#include "base/base64_stream.h"
#include "base/bytes.h"
#include "base/result.h"
#include "dmtree/management_object.h"
#include "dmtree/value.h"
#include "syncml/session/command_context.h"

namespace omadm {

class ValueStream {
 public:
  // `base64`: that is how the value travels. `format`: what the leaf will have, bin, chr or xml.
  ValueStream(std::unique_ptr<ValueSink> sink, bool base64, Format format)
      : sink_(std::move(sink)), is_base64_(base64), is_text_(format != Format::bin) {}

  // Data of one chunk. malformed: no Base64; veto: no UTF-8 where the Format asks for it; else what the sink says.
  Result<void> write(Bytes data);
  // After the last one: the sink, which has the whole value.
  Result<std::unique_ptr<ValueSink>> finish() &&;

 private:
  Result<void> put(Bytes octets);

  std::unique_ptr<ValueSink> sink_;
  bool is_base64_, is_text_;
  Base64Stream base64_;
  Octets cut_;  // the beginning of a character that the next octets go on with
};

// Where the value of a chunked object goes: to a stream, nowhere because of a refusal, or, null, into memory.
using StreamOpening = std::variant<ItemOutcome, std::unique_ptr<ValueStream>>;

// For the first chunk of an object of `size` octets, as it is in the messages. What the tree has against the command
// is found out before anything of the value is written.
StreamOpening open_value_stream(const CommandContext& context, const ItemRequest& request, std::uint64_t size);

}  // namespace omadm
