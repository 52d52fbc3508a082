#include "base/arena.h"

#include <algorithm>

namespace omadm {
namespace {

constexpr std::size_t kBlockSize = 4096;

}  // namespace

// The rest of the current block is too small.
char* Arena::allocate_block(std::size_t count) {
  // A large text gets a block of its own, so that the rest of the current block is not wasted.
  if (count > kBlockSize / 4) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(count));
    total_ += count;
    return blocks_.back().get();
  }
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlockSize));
  next_ = blocks_.back().get();
  left_ = kBlockSize;
  return allocate(count);
}

std::string_view Arena::join(std::string_view first, std::string_view second) {
  const std::size_t count = first.size() + second.size();
  if (count == 0) return {};
  char* const place = allocate(count);
  char* const middle = std::copy(first.begin(), first.end(), place);
  std::copy(second.begin(), second.end(), middle);
  return {place, count};
}

}  // namespace omadm
