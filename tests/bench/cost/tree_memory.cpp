// What a device with a tree of 1,000 nodes on flash takes in memory, all of the process: `tree_memory [NODES]`.
// Exit status 1 when it is over 8 MiB.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/io/file_system.h"
#include "dmtree/store/journal_store.h"
#include "tests/bench/bench_tree.h"
#include "tests/support/temporary_directory.h"

namespace omadm::bench {
namespace {

constexpr std::size_t kLimit = 8192;  // KiB
const std::string kValue = "a value of some length";

// A line of /proc/self/status, KiB.
std::size_t status(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    if (word == key + ":") {
      std::size_t value = 0;
      file >> value;
      return value;
    }
  }
  std::abort();
}

// In a process of its own: what it needed is gone with it.
void fill_elsewhere(const std::string& directory, std::size_t nodes) {
  const pid_t child = ::fork();
  if (child == 0) {
    PosixFileSystem files;
    const auto store = demand(JournalStore::open(files, directory));
    const Device device(*store);
    fill(*device.tree, nodes, kValue);
    ::_exit(0);
  }
  int ended = -1;
  if (::waitpid(child, &ended, 0) != child || ended != 0) std::abort();
}

int measure(std::size_t nodes) {
  const test::TemporaryDirectory directory;
  fill_elsewhere(directory.path(), nodes);
  PosixFileSystem files;
  JournalStoreOptions options;
  options.compact_above = 16U << 10U;  // a compaction is part of it
  const auto store = demand(JournalStore::open(files, directory.path(), options));
  const Device device(*store);
  const Uri leaf = Uri().child("Bench").child("level");
  for (int round = 0; round < 1000; ++round) {
    Transaction transaction = device.tree->begin(Principal::device());
    demand(transaction.put(leaf, {Format::chr, "text/plain", std::to_string(round)}));
    demand(std::move(transaction).commit());
    demand(device.tree->flush());
  }
  const std::size_t peak = status("VmHWM");
  std::printf("%zu nodes: %zu KiB resident at most, %zu now; %zu of it private (at most %zu)\n",
              device.tree->node_count(), peak, status("VmRSS"), status("RssAnon"), kLimit);
  return peak <= kLimit ? 0 : 1;
}

}  // namespace
}  // namespace omadm::bench

int main(int argc, char** argv) { return omadm::bench::measure(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000); }
