// PlainVector: a vector of what can be copied octet by octet. Adding to it costs a comparison and a store.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace omadm {

template <typename T>
class PlainVector {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T>);

 public:
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  T& operator[](std::size_t index) noexcept { return assert(index < size_), items_[index]; }
  const T& operator[](std::size_t index) const noexcept { return assert(index < size_), items_[index]; }
  T& back() noexcept { return (*this)[size_ - 1]; }
  const T& back() const noexcept { return (*this)[size_ - 1]; }

  void reserve(std::size_t count) {
    if (count > capacity_) move_to(count);
  }
  void push_back(const T& item) {
    if (size_ == capacity_) return push_back_after_growing(item);
    items_[size_++] = item;
  }
  void pop_back() noexcept {
    assert(size_ > 0);
    --size_;
  }
  void clear() noexcept { size_ = 0; }

 private:
  // Apart, so that push_back is small where it is called.
  [[gnu::noinline]] void push_back_after_growing(T item) {
    move_to(std::max<std::size_t>(16, 2 * capacity_));
    items_[size_++] = item;
  }
  void move_to(std::size_t capacity) {
    auto items = std::make_unique_for_overwrite<T[]>(capacity);
    std::copy_n(items_.get(), size_, items.get());
    items_ = std::move(items);
    capacity_ = capacity;
  }

  std::unique_ptr<T[]> items_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace omadm
