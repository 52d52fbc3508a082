// The octets that mean the same on every code page. [WBXML] "Global Tokens".
#pragma once

#include <cstdint>

namespace omadm::wbxml {

inline constexpr std::uint8_t kSwitchPage = 0x00;
inline constexpr std::uint8_t kEnd = 0x01;
inline constexpr std::uint8_t kEntity = 0x02;
inline constexpr std::uint8_t kStrI = 0x03;
inline constexpr std::uint8_t kLiteral = 0x04;  // with kContent and kAttributes also 44, 84, C4
inline constexpr std::uint8_t kExtI0 = 0x40;    // 40, 41, 42: inline string
inline constexpr std::uint8_t kPi = 0x43;
inline constexpr std::uint8_t kExtT0 = 0x80;  // 80, 81, 82: mb_u_int32
inline constexpr std::uint8_t kStrT = 0x83;
inline constexpr std::uint8_t kExt0 = 0xC0;  // C0, C1, C2: nothing follows
inline constexpr std::uint8_t kOpaque = 0xC3;

// Bits of a tag, and what is left without them.
inline constexpr std::uint8_t kContent = 0x40;
inline constexpr std::uint8_t kAttributes = 0x80;
inline constexpr std::uint8_t kTagMask = 0x3F;

}  // namespace omadm::wbxml
