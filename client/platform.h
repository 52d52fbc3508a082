// What the firmware around the client provides. Every reference must outlive the Client.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/io/clock.h"
#include "base/io/log.h"
#include "base/result.h"
#include "dmtree/store/store.h"
#include "mo/fumo/firmware_slot.h"

namespace omadm {

// Leaves of DevInfo and DevDetail. Empty ones get a visible default.
struct DeviceIdentity {
  std::string dev_id;  // URN, "IMEI:…" (MO-040)
  std::string man, mod, dmv = "omadm-0.1.0", lang = "en-US";
  std::string dev_typ = "embedded", oem, fwv, swv, hwv;
};

// Answers user interaction alerts. The default is "no user present": every such alert gets 406.
class UserInterface {
 public:
  virtual ~UserInterface() = default;
  virtual bool present() const { return false; }
  // ui-mode 3 of a notification: may the session start? (NOT-053)
  virtual bool confirm_session(std::string_view /*server_id*/) { return false; }
};

struct Platform {
  Store* store = nullptr;  // required
  DeviceIdentity device;
  FirmwareSlot* firmware = nullptr;  // absent: FUMO refuses to install
  UserInterface* user = nullptr;     // absent: no user present
  Clock* clock = nullptr;            // absent: the system's
  Log* log = nullptr;                // absent: nothing is logged
};

}  // namespace omadm
