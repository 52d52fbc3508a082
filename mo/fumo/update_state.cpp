#include "mo/fumo/update_state.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace omadm {
namespace {

struct StateRow {
  UpdateState state;
  std::string_view word;
};
using enum UpdateState;
constexpr std::array kStates{
    StateRow{idle, "idle"},
    StateRow{download_failed, "download failed"},
    StateRow{downloading, "downloading"},
    StateRow{downloaded, "downloaded"},
    StateRow{ready, "ready"},
    StateRow{updating, "updating"},
    StateRow{failed_with_data, "update failed"},
    StateRow{failed_without_data, "update failed"},
    StateRow{updated_with_data, "updated"},
    StateRow{updated_without_data, "updated"},
};

struct Transition {
  UpdateState from;
  UpdateEvent event;
  UpdateState to;
};
// The figure of [FUMO] "State Machine". Not in it: a package on the device may be installed again while it
// is still there (FUMO-015), and one that is not accepted ends like a failed download.
constexpr std::array kTransitions{
    Transition{idle, UpdateEvent::download_accepted, downloading},
    Transition{idle, UpdateEvent::package_delivered, ready},
    Transition{downloading, UpdateEvent::download_failed, download_failed},
    Transition{downloading, UpdateEvent::download_done, downloaded},
    Transition{downloaded, UpdateEvent::download_failed, download_failed},
    Transition{downloaded, UpdateEvent::package_accepted, ready},
    Transition{ready, UpdateEvent::package_replaced, idle},
    Transition{ready, UpdateEvent::update_begun, updating},
    Transition{failed_with_data, UpdateEvent::update_begun, updating},
    Transition{updated_with_data, UpdateEvent::update_begun, updating},
    Transition{updating, UpdateEvent::update_failed, failed_with_data},
    Transition{updating, UpdateEvent::update_succeeded, updated_with_data},
    Transition{failed_with_data, UpdateEvent::clean_up, failed_without_data},
    Transition{updated_with_data, UpdateEvent::clean_up, updated_without_data},
    Transition{download_failed, UpdateEvent::clean_up, idle},
    Transition{failed_without_data, UpdateEvent::clean_up, idle},
    Transition{updated_without_data, UpdateEvent::clean_up, idle},
};

}  // namespace

std::optional<UpdateState> update_state_from(std::string_view digits) noexcept {
  const auto number = parse_unsigned(digits);
  const auto* const row = std::find_if(kStates.begin(), kStates.end(), [&number](const StateRow& candidate) {
    return number == static_cast<std::uint64_t>(candidate.state);
  });
  if (row == kStates.end()) return std::nullopt;
  return row->state;
}

std::string_view to_string(UpdateState state) noexcept {
  const auto* const row = std::find_if(kStates.begin(), kStates.end(),
                                       [state](const StateRow& candidate) { return candidate.state == state; });
  return row == kStates.end() ? std::string_view("unknown") : row->word;
}

std::optional<UpdateState> next_state(UpdateState from, UpdateEvent event) noexcept {
  for (const Transition& transition : kTransitions) {
    if (transition.from == from && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

bool is_busy(UpdateState state) noexcept { return state == downloading || state == downloaded || state == updating; }

bool is_end_state(UpdateState state) noexcept {
  return state == idle ? false : next_state(state, UpdateEvent::clean_up).has_value();
}

bool has_package(UpdateState state) noexcept { return next_state(state, UpdateEvent::update_begun).has_value(); }

}  // namespace omadm
