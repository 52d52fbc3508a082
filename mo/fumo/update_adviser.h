// What the device around the client has to say about when and whether its firmware is updated. FUMO-041 … FUMO-043.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace omadm {

// Whether the user is asked before firmware is installed (FUMO-043, the requirements' consent).
enum class UpdateConsent : std::uint8_t {
  never,         // the server may have asked; the device does not
  when_present,  // if there is somebody to ask
  always,        // and nothing is installed before somebody was there
};

enum class UpdateStage : std::uint8_t { download, install };

struct UpdatePrompt {
  std::string name, version;       // PkgName and PkgVersion, may be empty
  std::uint64_t size = 0;          // octets of the package
  std::chrono::seconds outage{0};  // how long the device will probably be of no use; 0: nobody knows
};

enum class UpdateAnswer : std::uint8_t { yes, no, later };
enum class UpdateNews : std::uint8_t { begins, succeeded, failed };

// Why something has to wait.
struct UpdateHold {
  std::string why;       // "metered network", "battery low", "call in progress" …; for people
  bool give_up = false;  // it is not to be waited for: result 400
};

// Calls come from the loop's thread and must not block; those of the default mean "go on".
class UpdateAdviser {
 public:
  virtual ~UpdateAdviser() = default;
  // Asked before `stage` and every few seconds of a download. nullopt: nothing stands against it.
  virtual std::optional<UpdateHold> hold(UpdateStage /*stage*/) { return std::nullopt; }
  virtual bool user_present() const { return false; }
  // Asks the user; `answer` is called once, on the loop, later. Only when user_present().
  virtual void ask(const UpdatePrompt& /*prompt*/, std::function<void(UpdateAnswer)> answer) {
    answer(UpdateAnswer::later);
  }
  virtual void tell(const UpdatePrompt& /*prompt*/, UpdateNews /*news*/) {}  // FUMO-042
};

}  // namespace omadm
