// OctetBuffer: octets that grow at their end. For writers, which put down a few octets at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/bytes.h"

namespace omadm {

class OctetBuffer {
 public:
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  Bytes view() const noexcept { return {octets_.data(), size_}; }

  // Takes memory for `count` octets in all, so that it need not be taken bit by bit.
  void reserve(std::size_t count) { octets_.reserve(count); }

  // Room for `count` more octets, to be filled from the front; `advance` says how many were.
  char* room(std::size_t count) {
    if (octets_.size() - size_ < count) grow(size_ + count);
    return octets_.data() + size_;
  }
  void advance(const char* end) noexcept { size_ = static_cast<std::size_t>(end - octets_.data()); }

  void push(char octet) {
    *room(1) = octet;
    ++size_;
  }
  void append(Bytes octets) {
    if (octets.empty()) return;
    std::memcpy(room(octets.size()), octets.data(), octets.size());
    size_ += octets.size();
  }
  void cut(std::size_t size) noexcept { size_ = size; }  // at most size()
  void give_back() noexcept {                            // all octets, and their memory
    Octets().swap(octets_);
    size_ = 0;
  }
  Octets take() && {
    octets_.resize(size_);
    return std::move(octets_);
  }

  // Copies `octets`, one at least, to `at`, which has the room; the place behind them.
  static char* put(char* at, Bytes octets) noexcept {
    std::memcpy(at, octets.data(), octets.size());
    return at + octets.size();
  }

 private:
  // A string's octets have values before they are written: so few at a time get one that they stay in the cache.
  void grow(std::size_t needed) {
    if (octets_.capacity() < needed) octets_.reserve(std::max(2 * octets_.capacity(), needed + 512));
    octets_.resize(std::min(octets_.capacity(), needed + 1024));
  }

  Octets octets_;
  std::size_t size_ = 0;
};

}  // namespace omadm
