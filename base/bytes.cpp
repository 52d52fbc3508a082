#include "base/bytes.h"

namespace omadm {
namespace {

std::uint64_t octet(Bytes octets, std::size_t index) { return static_cast<unsigned char>(octets[index]); }

std::uint64_t big_endian(Bytes octets) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) value = value << 8U | octet(octets, i);
  return value;
}

std::uint64_t little_endian(Bytes octets) {
  std::uint64_t value = 0;
  for (std::size_t i = octets.size(); i > 0; --i) value = value << 8U | octet(octets, i - 1);
  return value;
}

void put_little_endian(Octets& out, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
}

}  // namespace

Error ByteReader::too_short() { return {Errc::malformed, "the data ends early"}; }

Result<Bytes> ByteReader::take(std::size_t count) {
  if (count > rest_.size()) return too_short();
  const Bytes taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

Result<std::uint8_t> ByteReader::peek_u8() const {
  if (rest_.empty()) return too_short();
  return static_cast<std::uint8_t>(rest_.front());
}

Result<std::uint16_t> ByteReader::u16be() { return static_cast<std::uint16_t>(big_endian(DM_TRY(take(2)))); }

Result<std::uint32_t> ByteReader::u32be() { return static_cast<std::uint32_t>(big_endian(DM_TRY(take(4)))); }

Result<std::uint32_t> ByteReader::u32le() { return static_cast<std::uint32_t>(little_endian(DM_TRY(take(4)))); }

Result<std::uint64_t> ByteReader::u64le() { return little_endian(DM_TRY(take(8))); }

Result<std::uint32_t> ByteReader::mb_u32() {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    if (i >= rest_.size()) return too_short();
    const std::uint64_t next = octet(rest_, i);
    value = value << 7U | (next & 0x7FU);
    if ((next & 0x80U) != 0) continue;
    if (value > 0xFFFFFFFFU) break;
    rest_.remove_prefix(i + 1);
    return static_cast<std::uint32_t>(value);
  }
  return Error{Errc::malformed, "a multi-byte integer over 32 bits"};
}

Result<Bytes> ByteReader::take_until_nul() {
  const std::size_t end = rest_.find('\0');
  if (end == Bytes::npos) return Error{Errc::malformed, "a string without its terminating NUL"};
  const Bytes taken = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return taken;
}

void put_u16be(Octets& out, std::uint16_t value) {
  out.push_back(static_cast<char>(value >> 8U));
  out.push_back(static_cast<char>(value & 0xFFU));
}

void put_u32le(Octets& out, std::uint32_t value) { put_little_endian(out, value, 4); }

void put_u64le(Octets& out, std::uint64_t value) { put_little_endian(out, value, 8); }

void put_mb_u32(Octets& out, std::uint32_t value) {
  for (unsigned shift = 28; shift > 0; shift -= 7) {
    if (value >> shift != 0) out.push_back(static_cast<char>((value >> shift & 0x7FU) | 0x80U));
  }
  out.push_back(static_cast<char>(value & 0x7FU));
}

}  // namespace omadm
