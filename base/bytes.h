// Octets. A view is std::string_view and a buffer is std::string, for text and binary alike: one pair
// of types for wire, disk and libraries, and no casts between them (docs/decisions/0003-octets.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace omadm {

using Bytes = std::string_view;  // borrowed octets, any value, any length
using Octets = std::string;      // owned octets

// Reads hostile octets from front to back and cannot run past their end: every read past it is
// Errc::malformed and leaves the position where it was.
class ByteReader {
 public:
  explicit ByteReader(Bytes octets) noexcept : rest_(octets), size_(octets.size()) {}

  bool empty() const noexcept { return rest_.empty(); }
  std::size_t remaining() const noexcept { return rest_.size(); }
  std::size_t position() const noexcept { return size_ - rest_.size(); }  // octets consumed
  Bytes rest() const noexcept { return rest_; }

  void skip(std::size_t count) noexcept { rest_.remove_prefix(count); }  // at most remaining()

  Result<std::uint8_t> u8() {
    if (rest_.empty()) return too_short();
    const auto octet = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return octet;
  }
  Result<std::uint8_t> peek_u8() const;
  Result<std::uint16_t> u16be();
  Result<std::uint32_t> u32be();
  Result<std::uint32_t> u32le();
  Result<std::uint64_t> u64le();
  Result<std::uint32_t> mb_u32();  // WBXML mb_u_int32, WSP uintvar: at most 5 octets, no overflow
  Result<Bytes> take(std::size_t count);
  Result<Bytes> take_until_nul();  // up to and excluding a NUL, which is consumed

 private:
  static Error too_short();

  Bytes rest_;
  std::size_t size_;
};

void put_u16be(Octets& out, std::uint16_t value);
void put_u32le(Octets& out, std::uint32_t value);
void put_u64le(Octets& out, std::uint64_t value);
void put_mb_u32(Octets& out, std::uint32_t value);

}  // namespace omadm
