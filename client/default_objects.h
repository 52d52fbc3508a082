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
#include "dmtree/ddf/ddf.h"
#include "dmtree/tree.h"

namespace omadm {

// Their descriptions and the texts `extra`, in one; `origins` names those in errors.
Result<Ddf> default_ddf(const std::vector<std::string>& extra, const std::vector<std::string>& origins = {});

// Owns the objects and keeps them attached to the tree.
class DefaultObjects {
 public:
  struct Surroundings {
    Tree& tree;
    HttpClient& http;
    EventLoop& loop;
    Log& log;
    FirmwareSlot* firmware;  // may be null
    std::function<void(GenericAlert)> raise;
  };

  static Result<std::unique_ptr<DefaultObjects>> create(const Surroundings& surroundings, const ClientConfig& config,
                                                        const DeviceIdentity& device);
  virtual ~DefaultObjects() = default;

  virtual Result<void> reconfigure(const ClientConfig& config, const DeviceIdentity& device) = 0;
  virtual std::vector<DownloadStatus> downloads() const = 0;
  virtual bool idle() const = 0;  // no download and no installation
};

}  // namespace omadm
