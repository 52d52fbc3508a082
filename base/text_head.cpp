#include "base/text_head.h"

#include <algorithm>

#include "base/text.h"

namespace omadm {
namespace {

Error malformed(std::string why) { return {Errc::malformed, "message head: " + std::move(why)}; }

}  // namespace

Result<std::optional<TextHead>> TextHead::parse(Bytes octets, bool start_line, const TextHeadLimits& limits) {
  TextHead head;
  std::size_t lines = 0;
  Bytes rest = octets;
  while (true) {
    const std::size_t end = rest.find('\n');
    const std::size_t read = octets.size() - rest.size();
    const std::size_t needed = end == Bytes::npos ? octets.size() : read + end + 1;
    if (needed > limits.octets) return Error{Errc::too_large, "message head: too many octets"};
    if (end == Bytes::npos) return std::optional<TextHead>();
    Bytes line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
      head.size_ = needed;
      return std::optional<TextHead>(std::move(head));
    }
    if (++lines > limits.lines) return Error{Errc::too_large, "message head: too many lines"};
    DM_TRY(head.add_line(line, lines == 1, start_line));
  }
}

Result<void> TextHead::add_line(Bytes line, bool first, bool start_line) {
  const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7F'; };
  if (std::any_of(line.begin(), line.end(), is_control)) return malformed("a control character");
  if (first && start_line) {
    start_line_ = line;
    return {};
  }
  if (line.front() == ' ' || line.front() == '\t') {
    if (fields_.empty()) return malformed("a continuation of nothing");
    fields_.back().value.append(" ").append(trim(line));
    return {};
  }
  const std::size_t colon = line.find(':');
  const Bytes name = trim(line.substr(0, colon == Bytes::npos ? 0 : colon));
  if (name.empty()) return malformed("a line that is no field");
  fields_.push_back({std::string(name), std::string(trim(line.substr(colon + 1)))});
  return {};
}

const std::string* TextHead::find(std::string_view name) const noexcept {
  const auto found = std::find_if(fields_.begin(), fields_.end(),
                                  [&](const Field& field) { return equals_ignoring_case(field.name, name); });
  return found == fields_.end() ? nullptr : &found->value;
}

}  // namespace omadm
