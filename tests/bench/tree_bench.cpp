// A larger tree is no slower.
#include <malloc.h>

#include <chrono>
#include <random>

#include "base/io/file_system.h"
#include "dmtree/store/journal_store.h"
#include "dmtree/store/memory_store.h"
#include "tests/bench/bench_tree.h"
#include "tests/bench/ratios.h"
#include "tests/support/temporary_directory.h"

namespace omadm::bench {
namespace {

constexpr std::size_t kSmall = 100;
constexpr std::size_t kLarge = 100000;
const std::string kValue = "a value of some length";

struct Fixture {
  MemoryStore store{64};
  Device device{store};
  std::vector<Uri> leaves;
  std::mt19937 random{1};

  explicit Fixture(std::size_t nodes) : leaves(fill(*device.tree, nodes, kValue)) {}
  const Uri& any() { return leaves[random() % leaves.size()]; }
};

// Both sizes touch as many different leaves: what is compared is the tree, and not the processor's cache.
Fixture& fixture(std::int64_t nodes) {
  static Fixture small(kSmall), large(kLarge);
  return nodes == static_cast<std::int64_t>(kSmall) ? small : large;
}

std::vector<Uri> working_set(Fixture& fixture) {
  std::vector<Uri> uris;
  const std::size_t step = fixture.leaves.size() / 64;
  for (std::size_t i = 0; i < 64; ++i) uris.push_back(fixture.leaves[i * step]);
  return uris;
}

void get(benchmark::State& state) {
  Fixture& at = fixture(state.range(0));
  const std::vector<Uri> uris = working_set(at);
  std::size_t next = 0;
  for (auto _ : state) {
    Transaction transaction = at.device.tree->begin(Principal::server("srv.example.com"));
    benchmark::DoNotOptimize(demand(transaction.get(uris[++next % uris.size()])));
  }
}
BENCHMARK(get)->Arg(kSmall)->Arg(kLarge);

void replace(benchmark::State& state) {
  Fixture& at = fixture(state.range(0));
  const std::vector<Uri> uris = working_set(at);
  std::size_t next = 0;
  for (auto _ : state) {
    Transaction transaction = at.device.tree->begin(Principal::server("srv.example.com"));
    demand(transaction.replace(uris[++next % uris.size()], {std::nullopt, std::nullopt, kValue}));
    demand(std::move(transaction).commit());
  }
}
BENCHMARK(replace)->Arg(kSmall)->Arg(kLarge);

void acl_decision(benchmark::State& state) {
  Fixture& at = fixture(state.range(0));
  const std::vector<Uri> uris = working_set(at);
  const Transaction transaction = at.device.tree->begin(Principal::server("srv.example.com"));
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(transaction.check_right(uris[++next % uris.size()], AccessType::replace));
  }
}
BENCHMARK(acl_decision)->Arg(kSmall)->Arg(kLarge);

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

std::vector<Ratio> tree_ratios() {
  std::vector<Ratio> ratios;
  for (const char* what : {"get", "replace", "acl_decision"}) {
    const std::string name = what;
    ratios.push_back({name + " at depth 6: 100,000 nodes over 100 nodes", name + "/" + std::to_string(kLarge),
                      name + "/" + std::to_string(kSmall), Bound::at_most, 1.5});
  }
  return ratios;
}

std::vector<Figure> tree_figures() {
  PosixFileSystem files;
  const test::TemporaryDirectory directory;
  std::size_t text = 0;
  {
    const auto store = demand(JournalStore::open(files, directory.path()));
    Device device(*store);
    for (const Uri& leaf : fill(*device.tree, kLarge, kValue)) text += leaf.name().size() + kValue.size();
  }
  ::malloc_trim(0);
  const std::size_t before = ::mallinfo2().uordblks;
  const auto store = demand(JournalStore::open(files, directory.path()));
  const auto begin = std::chrono::steady_clock::now();
  const Device device(*store);
  const double loading = seconds_since(begin);
  const double octets = static_cast<double>(::mallinfo2().uordblks - before - text);
  return {{"loading 100,000 nodes, seconds", loading, Bound::at_most, 0.6},
          {"octets a node beyond names and values", octets / static_cast<double>(device.tree->node_count()),
           Bound::at_most, 250}};
}

}  // namespace omadm::bench
