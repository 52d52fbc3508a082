// A head of text lines as SIP, HTTP and push messages have it: [RFC 3261] 7, [RFC 9112] 2.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

// Limits of one head. Octets count up to and including the empty line.
struct TextHeadLimits {
  std::size_t octets = 4096;
  std::size_t lines = 64;
};

// 1. Lines end with CRLF or a bare LF. 2. A line that begins with a blank continues the one before it, joined by one
// blank. 3. Names and values are trimmed; no control character stands in either.
class TextHead {
 public:
  struct Field {
    std::string name;
    std::string value;
  };

  // Reads what stands before the first empty line of `octets`. With `start_line`, its first line is no field. Nothing:
  // the empty line has not come yet. malformed; too_large: beyond `limits`, whether the empty line has come or not.
  static Result<std::optional<TextHead>> parse(Bytes octets, bool start_line, const TextHeadLimits& limits = {});

  const std::string& start_line() const noexcept { return start_line_; }
  const std::vector<Field>& fields() const noexcept { return fields_; }
  // The value of the first field of that name, in whatever case; nullptr when there is none.
  const std::string* find(std::string_view name) const noexcept;
  std::size_t size() const noexcept { return size_; }  // octets, the empty line included

 private:
  Result<void> add_line(Bytes line, bool first, bool start_line);

  std::string start_line_;
  std::vector<Field> fields_;
  std::size_t size_ = 0;
};

}  // namespace omadm
