// Secret: octets that are zeroed after use and never printed.
#pragma once

#include <string>
#include <utility>

#include "base/bytes.h"

namespace omadm {

// A password, PIN or passphrase. Not streamable, not formattable; view() is for digests alone.
class Secret {
 public:
  Secret() = default;
  explicit Secret(Octets octets) noexcept : octets_(std::move(octets)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : octets_(std::exchange(other.octets_, {})) {}
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  Bytes view() const noexcept { return octets_; }
  bool empty() const noexcept { return octets_.empty(); }

 private:
  Octets octets_;
};

// Overwrites the octets in a way the compiler keeps, then clears.
void wipe(Octets& octets) noexcept;

}  // namespace omadm
