// Every state, or a fair choice of the states, a power cut can leave a CrashFileSystem in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/crash_file_system.h"

namespace omadm::test {

inline std::string to_string(const PowerCut& cut) {
  static constexpr const char* kNames[] = {"lost", "kept", "torn", "cut", "holed", "erased", "shuffled"};
  return std::string(kNames[static_cast<std::size_t>(cut.contents)]) + " at " + std::to_string(cut.at) + ", undone " +
         std::to_string(cut.undone) + ", entries " + std::to_string(cut.entries);
}

// Where to tear `octets` new ones: at about `most` places with both ends among them.
inline std::vector<std::size_t> tears(std::size_t octets, std::size_t most) {
  std::vector<std::size_t> places;
  const std::size_t step = std::max<std::size_t>(1, octets / most);
  for (std::size_t at = 0; at < octets; at += step) places.push_back(at);
  if (octets > 0) places.push_back(octets - 1);
  return places;
}

// Torn at `most_tears` places at most, each with every choice of directory entries that came down.
inline std::vector<PowerCut> power_cuts(const CrashFileSystem& files, std::size_t most_tears) {
  std::vector<PowerCut> contents{{Remains::lost, 0, 0, 0}};
  if (const std::size_t octets = files.unsynced_octets(); octets > 0) {
    for (std::size_t undone = 0; undone <= files.unsynced_writes(); ++undone) {
      contents.push_back({Remains::kept, 0, undone, 0});
    }
    for (const Remains remains : {Remains::torn, Remains::cut, Remains::holed, Remains::erased}) {
      for (const std::size_t at : tears(octets, most_tears)) contents.push_back({remains, at, 0, 0});
    }
    for (std::size_t eighths = 1; eighths<255; eighths += most_tears> 100 ? 11 : 37) {
      contents.push_back({Remains::shuffled, eighths, 0, 0});
    }
  }
  std::vector<PowerCut> cuts;
  for (std::uint64_t entries = 0; entries < 1ULL << std::min<std::size_t>(files.unsynced_entries(), 6); ++entries) {
    for (PowerCut cut : contents) {
      cut.entries = entries;
      cuts.push_back(cut);
    }
  }
  return cuts;
}

// Any one of them.
inline PowerCut any_power_cut(const CrashFileSystem& files, std::mt19937& random) {
  PowerCut cut;
  cut.contents = kAllRemains[random() % std::size(kAllRemains)];
  cut.at = random() % (cut.contents == Remains::shuffled ? 256 : files.unsynced_octets() + 1);
  cut.undone = random() % 4 == 0 ? random() % (files.unsynced_writes() + 1) : 0;
  cut.entries = random();
  return cut;
}

}  // namespace omadm::test
