#include "base/markup/markup.h"

namespace omadm {

Result<Event> MarkupReader::next() {
  if (const Event* event = step()) return *event;
  return error();
}

std::string_view to_string(Encoding encoding) noexcept { return encoding == Encoding::xml ? "xml" : "wbxml"; }

}  // namespace omadm
