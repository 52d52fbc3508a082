#include "base/crypto/secret.h"

#include <openssl/crypto.h>

namespace omadm {

void wipe(Octets& octets) noexcept {
  // A short string lives inside the object and a long one may hold more than its size: clear both.
  octets.resize(octets.capacity());
  OPENSSL_cleanse(octets.data(), octets.size());
  octets.clear();
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe(octets_);
    octets_ = other.octets_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(octets_);
    octets_ = other.octets_;
    wipe(other.octets_);
  }
  return *this;
}

Secret::~Secret() { wipe(octets_); }

}  // namespace omadm
