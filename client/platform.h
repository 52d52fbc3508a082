// What the firmware around the client provides. Every reference must outlive the Client.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/crypto/secret.h"
#include "base/io/clock.h"
#include "base/io/log.h"
#include "base/result.h"
#include "dmtree/store/store.h"
#include "mo/fumo/firmware_slot.h"
#include "mo/fumo/update_adviser.h"
#include "syncml/session/user_prompt.h"

namespace omadm {

// Leaves of DevInfo and DevDetail. Empty ones get a visible default.
struct DeviceIdentity {
  std::string dev_id;  // URN, "IMEI:…" (MO-040)
  std::string man, mod, dmv = "omadm-0.1.0", lang = "en-US";
  std::string dev_typ = "embedded", oem, fwv, swv, hwv;
};

// A question that is on its way to the user. Destroying it withdraws it; its callback is then never called.
class Question {
 public:
  virtual ~Question() = default;
};

// Puts questions to the user: those of user interaction alerts, and whether a server may start a session. One at a
// time. The default is "no user present": alerts get 406.
class UserInterface {
 public:
  virtual ~UserInterface() = default;
  virtual bool present() const { return false; }
  using Answered = std::function<void(const UserAnswer&)>;
  // Must not wait for the user. `answered` is called once, on the client's thread; the client itself sees to the time
  // allowed (UserPrompt::max_wait) and withdraws the question. PromptKind::session: accepted is consent.
  virtual std::unique_ptr<Question> ask(const UserPrompt& /*prompt*/, Answered answered) {
    answered({UserAnswer::Kind::no_user, {}, {}});
    return nullptr;
  }
};

struct Platform {
  Store* store = nullptr;  // required
  DeviceIdentity device;
  FirmwareSlot* firmware = nullptr;  // absent: FUMO refuses to install
  UpdateAdviser* updates = nullptr;  // absent: firmware is updated whenever a server wants it
  UserInterface* user = nullptr;     // absent: no user present
  Clock* clock = nullptr;            // absent: the system's
  Log* log = nullptr;                // absent: nothing is logged
  // What device and network share, as the digits of the IMSI: against it bootstrap messages are checked (BOOT-034).
  // Called when one needs it; nothing: there is none now, such as no SIM. Absent: there never is.
  std::function<std::optional<Secret>()> network_secret;
};

}  // namespace omadm
