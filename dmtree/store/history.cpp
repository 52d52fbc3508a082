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

// The journal was scanned when it was loaded: what cannot be read here is a tail that does not count.
void take_journal(Bytes records, std::uint64_t last, Past& past, TouchedNodes& touched) {
  while (!records.empty()) {
    const Result<RecordHead> head = read_record_head(records);
    if (!head) return;
    const Bytes record = records.substr(0, head->size);
    records.remove_prefix(head->size);
    if (head->sequence <= last) continue;
    if (head->sequence != ++last || !touch(touched, record)) return;
    keep(past, record);
  }
}

// What the commits of the journal touch is as in the snapshot, unless former commits had touched it before.
Result<void> take_nodes(Bytes record, const TouchedNodes& before, const TouchedNodes& after, Past& past) {
  DM_TRY(read_record(record, [&](EditRecord&& edit) -> Result<void> {
    if (after.covers(edit.node.uri) && !before.covers(edit.node.uri)) past.base.put(std::move(edit.node));
    return {};
  }));
  return {};
}

Result<Past> gather_all(Bytes snapshot_file, Bytes journal_records) {
  Past past;
  TouchedNodes before, after;
  if (snapshot_file.empty()) {
    take_journal(journal_records, 0, past, after);
    return past;
  }
  DM_TRY(read_file_header(snapshot_file, FileKind::snapshot));
  const Bytes records = snapshot_file.substr(kFileHeaderSize);
  const RecordHead nodes = DM_TRY(read_record_head(records));
  past.sequence = nodes.sequence;
  past.time = nodes.time;
  const Bytes section = records.substr(nodes.size);
  if (!section.empty()) DM_TRY(take_section(section, nodes.sequence, past, before));
  take_journal(journal_records, nodes.sequence, past, after);
  DM_TRY(take_nodes(records, before, after, past));
  return past;
}

Result<Past> gather(Bytes snapshot_file, Bytes journal_records) {
  Result<Past> past = gather_all(snapshot_file, journal_records);
  if (past || past.error().code == Errc::unsupported) return past;
  return Error{Errc::corrupt, past.error().detail};
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
  RecordWriter writer(past.sequence, past.time, Origin{}, true);
  past.base.for_each([&](const NodeRecord& node) {
    if (touched.covers(node.uri)) writer.put(node);
  });
  return std::move(writer).finish();
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

bool TouchedNodes::covers(const Uri& uri) const {
  std::string path(uri.path());
  if (nodes_.contains(path)) return true;
  while (!subtrees_.empty() && !path.empty()) {
    if (subtrees_.contains(path)) return true;
    const std::size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
  }
  return false;
}

Result<StoredNodes> History::after(std::size_t count, StoredNodes now) const {
  if (count >= commits.size()) return now;
  TouchedNodes touched;
  for (const CommitRecord& commit : commits) {
    for (const EditRecord& edit : commit.edits) touched.add(edit);
  }
  now.erase_if([&touched](const NodeRecord& node) { return touched.covers(node.uri); });
  base.for_each([&now](const NodeRecord& node) { now.put(node); });
  for (std::size_t i = 0; i < count; ++i) DM_TRY(now.apply(commits[i]));
  return now;
}

Result<History> read_history(Bytes snapshot_file, Bytes journal_records) {
  Past past = DM_TRY(gather(snapshot_file, journal_records));
  History history{past.sequence, past.time, std::move(past.base), {}};
  for (const Bytes record : past.records) history.commits.push_back(DM_TRY(read_record(record)).commit);
  return history;
}

Result<Octets> fit_history(Bytes snapshot_file, Bytes journal_records, std::size_t octets) {
  Past past = DM_TRY(gather(snapshot_file, journal_records));
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
