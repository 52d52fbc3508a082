#include "dmtree/store/crc32c.h"

#include <array>

namespace omadm {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t octet = 0; octet < 256; ++octet) {
    std::uint32_t remainder = octet;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0x82F63B78U : 0U);
    table[octet] = remainder;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

}  // namespace

std::uint32_t crc32c(Bytes octets, std::uint32_t before) noexcept {
  std::uint32_t remainder = ~before;
  for (const char c : octets)
    remainder = kTable[(remainder ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (remainder >> 8U);
  return ~remainder;
}

}  // namespace omadm
