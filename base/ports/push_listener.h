// A door through which notifications and bootstrap documents arrive. Provided by transport/push.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"

namespace omadm {

inline constexpr std::size_t kMaxPush = 16384;  // octets of what is taken: some ten bootstrap documents

// Octets as they came, and the media type when the bearer told one.
using PushHandler = std::function<void(Bytes octets, std::string_view content_type)>;

// Listens until destroyed. Never answers the sender (NOT-040).
class PushListener {
 public:
  virtual ~PushListener() = default;
  virtual std::string address() const = 0;  // "127.0.0.1:2948", with the port really bound
};

}  // namespace omadm
