// The states of a firmware package and what leads from one to another. [FUMO] "Behavior". FUMO-010 … FUMO-017.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace omadm {

// The values of the State leaf.
enum class UpdateState : std::uint8_t {
  idle = 10,
  download_failed = 20,
  downloading = 30,
  downloaded = 40,
  ready = 50,
  updating = 60,
  failed_with_data = 70,
  failed_without_data = 80,
  updated_with_data = 90,
  updated_without_data = 100,
};
std::optional<UpdateState> update_state_from(std::string_view digits) noexcept;
std::string_view to_string(UpdateState state) noexcept;  // "idle", "downloading" …; for people and JSON

enum class UpdateEvent : std::uint8_t {
  download_accepted,  // Exec Download or DownloadAndUpdate
  package_delivered,  // Replace of PkgData is complete
  download_failed,    // … or the package was refused when it was to be accepted
  download_done,
  package_accepted,
  package_replaced,  // another Replace of PkgData, or the package is given up
  update_begun,      // Exec Update, or the second half of DownloadAndUpdate
  update_failed,
  update_succeeded,
  clean_up,
};

// The state that follows, or nullopt: the event is not possible there.
std::optional<UpdateState> next_state(UpdateState from, UpdateEvent event) noexcept;

// In use: neither Exec nor a new URL or package is possible (FUMO-015, FUMO-016).
bool is_busy(UpdateState state) noexcept;
bool is_end_state(UpdateState state) noexcept;  // 20, 70, 80, 90, 100: waits for its clean-up
bool has_package(UpdateState state) noexcept;   // Exec Update is possible

}  // namespace omadm
