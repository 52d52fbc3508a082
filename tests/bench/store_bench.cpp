// Durable commits against the bare system calls, on the same file system.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "base/io/file_system.h"
#include "dmtree/store/journal_store.h"
#include "tests/bench/bench_tree.h"
#include "tests/bench/ratios.h"
#include "tests/support/temporary_directory.h"

namespace omadm::bench {
namespace {

constexpr std::size_t kNodes = 10000;
const std::string kValue(100, 'v');

// Counts what is written.
class CountingFiles final : public FileSystem {
 public:
  std::uint64_t written = 0;

  Result<Octets> read(const std::string& path, std::uint64_t max_octets) override {
    return files_.read(path, max_octets);
  }
  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    return std::unique_ptr<AppendFile>(std::make_unique<File>(DM_TRY(files_.open_append(path)), written));
  }
  Result<void> rename(const std::string& from, const std::string& to) override { return files_.rename(from, to); }
  Result<void> remove(const std::string& path) override { return files_.remove(path); }
  Result<void> sync_directory(const std::string& path) override { return files_.sync_directory(path); }
  Result<std::vector<std::string>> list(const std::string& directory) override { return files_.list(directory); }
  Result<void> make_directory(const std::string& path) override { return files_.make_directory(path); }

 private:
  class File final : public AppendFile {
   public:
    File(std::unique_ptr<AppendFile> file, std::uint64_t& written) : file_(std::move(file)), written_(written) {}
    Result<void> append(Bytes octets) override {
      written_ += octets.size();
      return file_->append(octets);
    }
    Result<void> make_room(std::uint64_t octets) override {
      written_ += octets;
      return file_->make_room(octets);
    }
    Result<void> sync() override { return file_->sync(); }
    Result<void> truncate(std::uint64_t size) override { return file_->truncate(size); }
    std::uint64_t size() const override { return file_->size(); }

   private:
    std::unique_ptr<AppendFile> file_;
    std::uint64_t& written_;
  };
  PosixFileSystem files_;
};

struct Stored {
  test::TemporaryDirectory directory;
  CountingFiles files;
  std::unique_ptr<JournalStore> store;
  std::unique_ptr<Device> device;
  std::vector<Uri> leaves;
  std::size_t next = 0;

  Stored() : store(demand(JournalStore::open(files, directory.path()))), device(std::make_unique<Device>(*store)) {
    leaves = fill(*device->tree, kNodes, kValue);
  }
  void commit(std::size_t changes, const std::string& value) {
    Transaction transaction =
        device->tree->begin(Principal::server("srv.example.com"), {"server:srv.example.com", "1", "2", "3", "Replace"});
    for (std::size_t i = 0; i < changes; ++i) {
      demand(transaction.replace(leaves[++next % leaves.size()], {std::nullopt, std::nullopt, value}));
    }
    demand(std::move(transaction).commit());
    demand(device->tree->flush());
  }
};

std::string changed(std::size_t round) {
  std::string value = kValue;
  value[round % value.size()] = static_cast<char>('a' + round % 26);
  return value;
}

void durable_commit(benchmark::State& state) {
  Stored at;
  const std::uint64_t before = at.files.written;
  std::size_t round = 0;
  for (auto _ : state) at.commit(static_cast<std::size_t>(state.range(0)), changed(++round));
  state.counters["octets"] = static_cast<double>(at.files.written - before) / static_cast<double>(state.iterations());
}

BENCHMARK(durable_commit)->Arg(1)->Arg(10)->Arg(100)->UseRealTime();

// The bare system calls, with as many octets of values and nothing around them.
class BareFile {
 public:
  explicit BareFile(std::size_t octets)
      : file_(::open(directory_.file("bare").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)),
        octets_(octets, 'v') {}
  ~BareFile() { ::close(file_); }
  BareFile(const BareFile&) = delete;
  BareFile& operator=(const BareFile&) = delete;

  void write_and_sync() {
    const auto size = static_cast<ssize_t>(octets_.size());
    if (::write(file_, octets_.data(), octets_.size()) != size || ::fdatasync(file_) != 0) std::abort();
  }

 private:
  test::TemporaryDirectory directory_;
  int file_;
  std::string octets_;
};

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Commits a second over bare writes a second. A disk changes its speed while one watches, so both take turns, one by
// one; compactions are among the commits. The median of some repetitions, each of so many turns.
double commits_over_bare_writes(std::size_t changes) {
  constexpr int kRepetitions = 7;
  constexpr int kTurns = 300;
  Stored at;
  BareFile bare(changes * kValue.size());
  std::vector<double> ratios;
  std::size_t round = 0;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    double ours = 0, theirs = 0;
    for (int turn = 0; turn < kTurns; ++turn) {
      const std::string value = changed(++round);
      ours += seconds([&] { at.commit(changes, value); });
      theirs += seconds([&] { bare.write_and_sync(); });
    }
    ratios.push_back(theirs / ours);
  }
  std::nth_element(ratios.begin(), ratios.begin() + kRepetitions / 2, ratios.end());
  return ratios[kRepetitions / 2];
}

}  // namespace

std::vector<Figure> store_figures() {
  std::vector<Figure> figures;
  for (const std::size_t changes : {1, 10, 100}) {
    figures.push_back(
        {"durable commits of " + std::to_string(changes) + " nodes a second, over bare write and fdatasync",
         commits_over_bare_writes(changes), Bound::at_least, 0.85});
  }
  Stored at;
  constexpr std::size_t kCommits = 20000;
  const std::uint64_t before = at.files.written;
  for (std::size_t round = 0; round < kCommits; ++round) at.commit(3, std::to_string(round));
  figures.push_back({"octets written for a commit of three small changes, compaction included",
                     static_cast<double>(at.files.written - before) / kCommits, Bound::at_most, 600});
  return figures;
}

}  // namespace omadm::bench
