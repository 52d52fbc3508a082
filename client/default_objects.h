// The management objects every client has: DevInfo, DevDetail, DMAcc, FUMO, Inbox.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/io/event_loop.h"
#include "base/io/log.h"
#include "base/ports/http_client.h"
#include "client/client.h"
#include "client/config.h"
#include "client/platform.h"
#include "dmtree/tree.h"

namespace omadm {

// Owns the objects and keeps them attached to the tree.
class DefaultObjects {
 public:
  struct Surroundings {
    Tree& tree;
    HttpClient& http;
    EventLoop& loop;
    Log& log;
    FirmwareSlot* firmware;                                                // may be null
    UpdateAdviser* updates;                                                // may be null
    std::function<Result<void>(Transaction&, const GenericAlert&)> raise;  // sent when the transaction is committed
    std::function<void(const std::string& server_id)> server_gone;  // its last account was removed; flushed after it
  };

  static Result<std::unique_ptr<DefaultObjects>> create(const Surroundings& surroundings, const ClientConfig& config,
                                                        const DeviceIdentity& device);
  virtual ~DefaultObjects() = default;

  virtual Result<void> reconfigure(const ClientConfig& config, const DeviceIdentity& device) = 0;
  virtual std::vector<DownloadStatus> downloads() const = 0;
  virtual void alert_closed(const GenericAlert& alert) = 0;  // it is not owed any more
  virtual bool idle() const = 0;                             // no download and no installation
};

}  // namespace omadm
