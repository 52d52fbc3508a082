// Finds where a service runs, by DNS. Provided by transport/dns.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace omadm {

// One of the places. [RFC 2782]
struct ServicePlace {
  std::string host;  // without the final dot
  std::uint16_t port = 0;
};

// A search under way. Destroying it cancels; `done` is then never called.
class ServiceSearch {
 public:
  virtual ~ServiceSearch() = default;
};

class ServiceFinder {
 public:
  // In the order in which they are to be tried.
  using Done = std::function<void(Result<std::vector<ServicePlace>>)>;
  virtual ~ServiceFinder() = default;
  // `owner`: "_service._tcp.example.com". `done` is called once, on the loop, never inside this call. not_found: there
  // is no such service; transport: no answer, or none to be used; malformed: the name.
  [[nodiscard]] virtual std::unique_ptr<ServiceSearch> find(const std::string& owner, Done done) = 0;
};

}  // namespace omadm
