// Arena: text that lives exactly as long as the message it came from.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace omadm {

// Copies octets into blocks that are freed together. Views stay valid until the arena is destroyed;
// moving the arena keeps them valid.
class Arena {
 public:
  Arena() = default;
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* const place = allocate(text.size());
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }
  std::string_view join(std::string_view first, std::string_view second);  // first + second
  std::size_t size() const noexcept { return total_; }                     // octets handed out

 private:
  char* allocate(std::size_t count) {
    if (count > left_) return allocate_block(count);
    char* const place = next_;
    next_ += count;
    left_ -= count;
    total_ += count;
    return place;
  }
  char* allocate_block(std::size_t count);

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t total_ = 0;
};

}  // namespace omadm
