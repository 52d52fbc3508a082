#include "dmtree/store/history.h"

#include <utility>

#include "dmtree/store/record.h"
#include "dmtree/store/store_file.h"

namespace omadm {
namespace {

// A history as it is being put together; the commits stay octets.
struct Past {
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
  StoredNodes base{StoredNodes::Extent::partial};
  std::vector<Bytes> records;
  std::size_t octets = 0;  // of the records
};

Result<void> touch(TouchedNodes& touched, Bytes record) {
  DM_TRY(read_record(record, [&touched](EditRecord&& edit) -> Result<void> {
    touched.add(edit);
    return {};
  }));
  return {};
}

void keep(Past& past, Bytes record) {
  past.records.push_back(record);
  past.octets += record.size();
}

// What a snapshot already keeps of the time before it. `touched`: by its commits.
Result<void> take_section(Bytes section, std::uint64_t snapshot_sequence, Past& past, TouchedNodes& touched) {
  const ReadRecord base = DM_TRY(read_record(section, [&past](EditRecord&& edit) -> Result<void> {
    if (edit.op != EditRecord::Op::put)
      return Error{Errc::corrupt, "the history begins with something else than nodes"};
    past.base.put(std::move(edit.node));
    return {};
  }));
  past.sequence = base.commit.sequence;
  past.time = base.commit.time;
  std::uint64_t last = past.sequence;
  for (Bytes rest = section.substr(base.size); !rest.empty(); rest.remove_prefix(past.records.back().size())) {
    const RecordHead head = DM_TRY(read_record_head(rest));
    if (head.sequence != ++last) return Error{Errc::corrupt, "the history has a gap"};
    keep(past, rest.substr(0, head.size));
    DM_TRY(touch(touched, past.records.back()));
  }
  if (last != snapshot_sequence) return Error{Errc::corrupt, "the history ends before the snapshot"};
  return {};
}

// The records of the journal behind commit `last`, without a gap. What does not look like one is a tail that does not
// count.
std::vector<Bytes> records_after(std::uint64_t last, Bytes journal) {
  std::vector<Bytes> records;
  while (!journal.empty()) {
    const Result<RecordHead> head = read_record_head(journal);
    if (!head) break;
    const Bytes record = journal.substr(0, head->size);
    journal.remove_prefix(head->size);
    if (head->sequence <= last) continue;
    if (head->sequence != ++last) break;
    records.push_back(record);
  }
  return records;
}

// The journal was scanned when it was loaded: what cannot be read here does not count either.
void take_journal(const std::vector<Bytes>& records, Past& past, TouchedNodes& touched) {
  for (const Bytes record : records) {
    if (!touch(touched, record)) return;
    keep(past, record);
  }
}

// What the commits of the journal touch is as in the snapshot, unless former commits had touched it before.
Result<void> take_nodes(Bytes record, const TouchedNodes& before, const TouchedNodes& after, Past& past) {
  const auto wanted = [&](std::string_view path) { return after.covers(path) && !before.covers(path); };
  DM_TRY(read_record(record, wanted, [&past](EditRecord&& edit) -> Result<void> {
    past.base.put(std::move(edit.node));
    return {};
  }));
  return {};
}

// What there is to gather from.
struct Sources {
  RecordHead nodes;            // of the snapshot; sequence 0: there is none
  Bytes snapshot;              // its record of nodes
  Bytes section;               // its history
  std::vector<Bytes> journal;  // the commits behind it
};
Result<Sources> sources_of(Bytes snapshot_file, Bytes journal_records) {
  Sources from;
  if (!snapshot_file.empty()) {
    DM_TRY(read_file_header(snapshot_file, FileKind::snapshot));
    const Bytes records = snapshot_file.substr(kFileHeaderSize);
    from.nodes = DM_TRY(read_record_head(records));
    from.snapshot = records.substr(0, from.nodes.size);
    from.section = records.substr(from.nodes.size);
  }
  from.journal = records_after(from.nodes.sequence, journal_records);
  return from;
}

Result<Past> gather_all(const Sources& from) {
  Past past;
  past.sequence = from.nodes.sequence;
  past.time = from.nodes.time;
  TouchedNodes before, after;
  if (!from.section.empty()) DM_TRY(take_section(from.section, from.nodes.sequence, past, before));
  take_journal(from.journal, past, after);
  if (!from.snapshot.empty()) DM_TRY(take_nodes(from.snapshot, before, after, past));
  return past;
}

// What commits `first` and later of the journal started from, found from the last commit before them backwards: that
// ends soon where the same nodes are changed again and again. Into `base`, which is empty; false: nodes were removed or
// renamed on the way, and nothing is found like this.
Result<bool> find_start(const Sources& from, std::size_t first, TouchedNodes missing, StoredNodes& base) {
  const auto wanted = [&missing](std::string_view path) { return missing.covers(path); };
  bool puts_alone = missing.are_nodes_alone();
  std::vector<std::string> found;
  const auto add = [&](EditRecord&& edit) -> Result<void> {
    puts_alone = puts_alone && edit.op == EditRecord::Op::put;
    found.emplace_back(edit.node.uri.path());
    base.put(std::move(edit.node));
    return {};
  };
  while (puts_alone && first > 0 && !missing.empty()) {
    DM_TRY(read_record(from.journal[--first], wanted, add));
    for (const std::string& path : found) missing.erase(path);
    found.clear();
  }
  if (puts_alone && !missing.empty() && !from.snapshot.empty()) DM_TRY(read_record(from.snapshot, wanted, add));
  return puts_alone;
}

// The same from the beginning: the snapshot and all commits before number `first`. Only the nodes they touch are taken
// up; a rename may bring one from anywhere, then it is all of them.
Result<void> replay_start(const Sources& from, std::size_t first, const TouchedNodes& touched, StoredNodes& base) {
  bool renames = false;
  const auto add = [&](EditRecord&& edit) -> Result<void> {
    renames = renames || edit.op == EditRecord::Op::rename;
    return base.apply(edit);
  };
  const auto add_all = [&](const WantsNode& wanted) -> Result<void> {
    base = StoredNodes(StoredNodes::Extent::partial);
    if (!from.snapshot.empty()) DM_TRY(read_record(from.snapshot, wanted, add));
    for (std::size_t i = 0; i < first; ++i) DM_TRY(read_record(from.journal[i], wanted, add));
    return {};
  };
  DM_TRY(add_all([&touched](std::string_view path) { return touched.covers(path); }));
  return renames ? add_all({}) : Result<void>();
}

// The last commits, when the journal alone has as much as is kept of them: most of it is not taken up then.
Result<Past> gather_last(const Sources& from, std::size_t first) {
  Past past;
  TouchedNodes touched;
  for (std::size_t i = first; i < from.journal.size(); ++i) {
    DM_TRY(touch(touched, from.journal[i]));
    keep(past, from.journal[i]);
  }
  if (!DM_TRY(find_start(from, first, touched, past.base))) DM_TRY(replay_start(from, first, touched, past.base));
  const RecordHead before = DM_TRY(read_record_head(from.journal[first - 1]));
  past.sequence = before.sequence;
  past.time = before.time;
  return past;
}

Error as_corrupt(const Error& error) {
  return error.code == Errc::unsupported ? error : Error{Errc::corrupt, error.detail};
}

// Of all there is, at least the last commits up to `octets`.
Result<Past> gather(const Sources& from, std::size_t octets) {
  std::size_t first = from.journal.size();
  for (std::size_t room = octets; first > 0 && from.journal[first - 1].size() <= room;) {
    room -= from.journal[--first].size();
  }
  return first > 0 ? gather_last(from, first) : gather_all(from);
}

// The commits before number `first` become part of what the others started from.
Result<void> forget(Past& past, std::size_t from, std::size_t first) {
  for (std::size_t i = from; i < first; ++i) {
    const ReadRecord record = DM_TRY(read_record(past.records[i]));
    DM_TRY(past.base.apply(record.commit));
    past.sequence = record.commit.sequence;
    past.time = record.commit.time;
    past.octets -= record.size;
  }
  return {};
}

// The base, for commits from number `first` on.
Result<Octets> write_base(const Past& past, std::size_t first) {
  TouchedNodes touched;
  for (std::size_t i = first; i < past.records.size(); ++i) DM_TRY(touch(touched, past.records[i]));
  RecordWriter writer;
  writer.begin(past.sequence, past.time, Origin{}, true);
  past.base.for_each([&](const NodeRecord& node) {
    if (touched.covers(node.uri.path())) writer.put(node);
  });
  Octets base;
  DM_TRY(writer.finish(base));
  return base;
}

}  // namespace

void TouchedNodes::add(const EditRecord& edit) {
  if (edit.op == EditRecord::Op::put) {
    nodes_.emplace(edit.node.uri.path());
    return;
  }
  subtrees_.emplace(edit.node.uri.path());
  if (edit.op == EditRecord::Op::rename) subtrees_.emplace(edit.renamed.path());
}

void TouchedNodes::erase(std::string_view path) {
  if (const auto found = nodes_.find(path); found != nodes_.end()) nodes_.erase(found);
}

bool TouchedNodes::covers(std::string_view path) const {
  if (nodes_.contains(path)) return true;
  while (!subtrees_.empty() && !path.empty()) {
    if (subtrees_.contains(path)) return true;
    const std::size_t slash = path.rfind('/');
    path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
  return false;
}

Result<StoredNodes> History::after(std::size_t count, StoredNodes now) const {
  if (count >= commits.size()) return now;
  TouchedNodes touched;
  for (const CommitRecord& commit : commits) {
    for (const EditRecord& edit : commit.edits) touched.add(edit);
  }
  now.erase_if([&touched](const NodeRecord& node) { return touched.covers(node.uri.path()); });
  base.for_each([&now](const NodeRecord& node) { now.put(node); });
  for (std::size_t i = 0; i < count; ++i) DM_TRY(now.apply(commits[i]));
  return now;
}

Result<History> read_history(Bytes snapshot_file, Bytes journal_records) {
  const Result<Sources> from = sources_of(snapshot_file, journal_records);
  if (!from) return as_corrupt(from.error());
  Result<Past> gathered = gather_all(*from);
  if (!gathered) return as_corrupt(gathered.error());
  Past past = std::move(gathered).value();
  History history{past.sequence, past.time, std::move(past.base), {}};
  for (const Bytes record : past.records) history.commits.push_back(DM_TRY(read_record(record)).commit);
  return history;
}

Result<Octets> fit_history(Bytes snapshot_file, Bytes journal_records, std::size_t octets) {
  const Sources from = DM_TRY(sources_of(snapshot_file, journal_records));
  Past past = DM_TRY(gather(from, octets));
  std::size_t first = 0;
  // What the commits started from has to fit too, and is known only when it is clear which commits those are.
  for (std::size_t room = octets; first < past.records.size(); room = past.octets - past.octets / 8 - 1) {
    std::size_t next = first, left = past.octets;
    while (next < past.records.size() && left > room) left -= past.records[next++].size();
    DM_TRY(forget(past, first, next));
    first = next;
    if (first == past.records.size()) break;
    const Result<Octets> base = write_base(past, first);
    if (!base && base.error().code != Errc::too_large) return base;
    if (!base || base->size() + past.octets > octets) continue;
    Octets section = *base;
    for (; first < past.records.size(); ++first) section += past.records[first];
    return section;
  }
  return Octets{};
}

}  // namespace omadm
