// Digests and random octets, from OpenSSL through one private library context.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

inline constexpr std::size_t kMd5Size = 16;
inline constexpr std::size_t kSha1Size = 20;
inline constexpr std::size_t kSha256Size = 32;

// Raw digest octets. MD5 works under a FIPS policy too (the standard needs it); should a provider be
// missing altogether the process ends with a message, for nothing safe is left to do.
Octets md5(Bytes octets);
Octets sha1(Bytes octets);
Octets sha256(Bytes octets);
Octets hmac_sha1(Bytes key, Bytes octets);  // RFC 2104

// SHA-256 of a stream.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  void update(Bytes octets);
  Octets finish();  // once

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Takes as long for a difference in the first octet as in the last. Different lengths: false.
bool equal_in_constant_time(Bytes a, Bytes b) noexcept;

// Cryptographically strong (SEC-007).
Octets random_octets(std::size_t count);
std::uint32_t random_below(std::uint32_t bound);  // 0 … bound-1

}  // namespace omadm
