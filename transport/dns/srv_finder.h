// Services by their SRV records, asked of the system's name servers, or of one that is named. DNS-001 … DNS-005.
#pragma once

#include <memory>
#include <string>

#include "base/io/event_loop.h"
#include "base/ports/service_finder.h"
#include "base/result.h"

namespace omadm {

// libresolv waits for its answers, so each search has a thread of its own as long as it takes; destroying it waits for
// that, some seconds at most.
class SrvFinder final : public ServiceFinder {
 public:
  // `server`: "192.0.2.53:53", IPv4; "": those of /etc/resolv.conf. malformed. `loop` must outlive it.
  static Result<std::unique_ptr<ServiceFinder>> create(EventLoop& loop, const std::string& server);
  static Result<void> check(const std::string& server);  // whether create() would take it
  std::unique_ptr<ServiceSearch> find(const std::string& owner, Done done) override;

 private:
  SrvFinder(EventLoop& loop, std::string server) : loop_(loop), server_(std::move(server)) {}

  EventLoop& loop_;
  std::string server_;
};

}  // namespace omadm
