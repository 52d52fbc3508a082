#include "dmtree/store/crc32c.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <array>
#include <cstring>

namespace omadm {
namespace {

#if defined(__x86_64__)
#define OMADM_CRC32C_INSTRUCTION
bool has_instruction() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSE4_2) != 0;
}

// The processor's own, eight octets at a time.
[[gnu::target("sse4.2")]] std::uint32_t by_instruction(Bytes octets, std::uint32_t remainder) noexcept {
  const char* at = octets.data();
  std::size_t left = octets.size();
  for (std::uint64_t step = 0; left >= sizeof step; at += sizeof step, left -= sizeof step) {
    std::memcpy(&step, at, sizeof step);
    remainder = static_cast<std::uint32_t>(__builtin_ia32_crc32di(remainder, step));
  }
  for (; left > 0; ++at, --left) remainder = __builtin_ia32_crc32qi(remainder, static_cast<unsigned char>(*at));
  return remainder;
}
#endif

constexpr std::size_t kStep = 8;  // octets taken at once

// Row n: what an octet contributes when n more octets of the step follow it.
using Tables = std::array<std::array<std::uint32_t, 256>, kStep>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t octet = 0; octet < 256; ++octet) {
    std::uint32_t remainder = octet;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0x82F63B78U : 0U);
    tables[0][octet] = remainder;
  }
  for (std::size_t row = 1; row < kStep; ++row) {
    for (std::size_t octet = 0; octet < 256; ++octet) {
      const std::uint32_t former = tables[row - 1][octet];
      tables[row][octet] = (former >> 8U) ^ tables[0][former & 0xFFU];
    }
  }
  return tables;
}
constexpr Tables kTables = make_tables();

constexpr std::uint32_t u8(char c) { return static_cast<unsigned char>(c); }

std::uint32_t by_tables(Bytes octets, std::uint32_t remainder) noexcept {
  const char* at = octets.data();
  std::size_t left = octets.size();
  for (; left >= kStep; at += kStep, left -= kStep) {
    remainder ^= u8(at[0]) | u8(at[1]) << 8U | u8(at[2]) << 16U | u8(at[3]) << 24U;
    remainder = kTables[7][remainder & 0xFFU] ^ kTables[6][(remainder >> 8U) & 0xFFU] ^
                kTables[5][(remainder >> 16U) & 0xFFU] ^ kTables[4][remainder >> 24U] ^ kTables[3][u8(at[4])] ^
                kTables[2][u8(at[5])] ^ kTables[1][u8(at[6])] ^ kTables[0][u8(at[7])];
  }
  for (; left > 0; ++at, --left) remainder = kTables[0][(remainder ^ u8(*at)) & 0xFFU] ^ (remainder >> 8U);
  return remainder;
}

}  // namespace

std::uint32_t crc32c(Bytes octets, std::uint32_t before) noexcept {
  std::uint32_t remainder = ~before;
#if defined(OMADM_CRC32C_INSTRUCTION)
  static const bool instruction = has_instruction();
  if (instruction) return ~by_instruction(octets, remainder);
#endif
  return ~by_tables(octets, remainder);
}

std::uint32_t crc32c_by_tables(Bytes octets, std::uint32_t before) noexcept { return ~by_tables(octets, ~before); }

}  // namespace omadm
