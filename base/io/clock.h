// Time, as a port: tests set it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace omadm {

class Clock {
 public:
  using Steady = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  virtual std::int64_t utc_seconds() const = 0;  // since 1970
  virtual Steady steady() const = 0;             // never goes back
};

class SystemClock final : public Clock {
 public:
  std::int64_t utc_seconds() const override;
  Steady steady() const override;
};

std::string iso8601_basic(std::int64_t utc_seconds);  // "20240131T075902Z" (TND-135)
std::string rfc3339(std::int64_t utc_seconds);        // "2024-01-31T07:59:02Z"

}  // namespace omadm
