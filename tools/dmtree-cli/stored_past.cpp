#include "tools/dmtree-cli/stored_past.h"

#include <fmt/format.h>

#include <utility>

#include "base/io/clock.h"
#include "base/io/file_system.h"
#include "dmtree/store/journal_store.h"
#include "tools/dmtree-cli/state_directory.h"

namespace omadm {

std::string StoredPast::before_all() const {
  return fmt::format("commit {}, {}", history.sequence, rfc3339(history.time));
}

Result<std::size_t> StoredPast::commits_until(const Moment& moment) const {
  const std::vector<CommitRecord>& commits = history.commits;
  const bool before = moment.sequence ? *moment.sequence < history.sequence : moment.time < history.time;
  if (before && !is_complete()) {
    return Error{Errc::not_found, "the history does not reach so far back: it begins after " + before_all()};
  }
  if (moment.sequence) {
    const std::uint64_t count = *moment.sequence - history.sequence;
    if (count <= commits.size()) return static_cast<std::size_t>(count);
    return Error{Errc::not_found, fmt::format("there is no commit {} yet: the last one is {}", *moment.sequence,
                                              history.sequence + commits.size())};
  }
  // Where the clock was put back, order counts.
  std::size_t count = commits.size();
  while (count > 0 && commits[count - 1].time > moment.time) --count;
  return count;
}

Result<StoredPast> load_past(const std::string& directory) {
  DM_TRY(require_state(directory, false));
  PosixFileSystem files;
  StoredPast past;
  const auto read = [&]() -> Result<void> {
    past = StoredPast();
    const std::unique_ptr<JournalStore> store = DM_TRY(JournalStore::open(files, directory));
    DM_TRY(store->load([&past](const CommitRecord& commit) { return past.now.apply(commit); }));
    past.history = DM_TRY(store->history());
    return {};
  };
  DM_TRY(read_steadily(directory, read));
  return past;
}

}  // namespace omadm
