// Points in the history of a tree, as they are written on a command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace omadm {

struct Moment {
  std::optional<std::uint64_t> sequence;  // right after that commit
  std::int64_t time = 0;                  // else: seconds since 1970, UTC
};

inline constexpr std::string_view kMomentForms =
    "2026-01-31, 2026-01-31T07:59, 2026-01-31T07:59:02Z, 90s, 5min, 2h, 3d (ago), @17 (commit) or now";

// One of the forms above; a time without zone is UTC. nullopt: none of them. `now`: seconds since 1970.
std::optional<Moment> parse_moment(const std::string& text, std::int64_t now);

}  // namespace omadm
