#include "tools/dmtree-cli/store_command.h"

#include <fmt/format.h>

#include <utility>

#include "base/io/clock.h"
#include "base/io/file_system.h"
#include "base/text.h"
#include "dmtree/store/history.h"
#include "dmtree/store/journal_store.h"
#include "dmtree/store/stored_nodes.h"
#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"
#include "tools/common/output.h"
#include "tools/dmtree-cli/configured_ddfs.h"
#include "tools/dmtree-cli/discretion.h"
#include "tools/dmtree-cli/state_directory.h"

namespace omadm {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxFile = 256U << 20U;  // octets, as the store reads

json edit_as_json(const EditRecord& edit, const Discretion& discretion) {
  const NodeRecord& node = edit.node;
  json object{{"uri", node.uri.str()}};
  switch (edit.op) {
    case EditRecord::Op::remove:
      object["op"] = "remove";
      return object;
    case EditRecord::Op::rename:
      object["op"] = "rename";
      object["renamed"] = edit.renamed.str();
      return object;
    case EditRecord::Op::put:
      break;
  }
  object["op"] = "put";
  object["format"] = to_string(node.format);
  object["type"] = node.type;
  object["tstamp"] = iso8601_basic(node.tstamp);
  object["verno"] = node.verno;
  if (!node.title.empty()) object["title"] = node.title;
  if (!node.acl.empty()) object["acl"] = node.acl;
  if (node.format == Format::node) return object;
  if (discretion.hides(node.uri)) {
    object["hidden"] = true;
  } else if (is_utf8(node.data)) {
    object["value"] = node.data;
  } else {
    object["value_base64"] = base64_encode(node.data);
  }
  return object;
}

json commit_as_json(std::string_view file, const CommitRecord& commit, const Discretion& discretion) {
  json object{{"file", file},
              {"sequence", commit.sequence},
              {"time", rfc3339(commit.time)},
              {"who", commit.origin.who},
              {"session", commit.origin.session},
              {"msg", commit.origin.msg},
              {"cmd", commit.origin.cmd},
              {"command", commit.origin.command},
              {"edits", json::array()}};
  for (const EditRecord& edit : commit.edits) object["edits"].push_back(edit_as_json(edit, discretion));
  return object;
}

std::string edit_as_text(const EditRecord& edit, const Discretion& discretion) {
  const NodeRecord& node = edit.node;
  if (edit.op == EditRecord::Op::remove) return fmt::format("  remove {}", node.uri.str());
  if (edit.op == EditRecord::Op::rename) return fmt::format("  rename {} {}", node.uri.str(), edit.renamed.str());
  std::string line = fmt::format("  put    {} {}", node.uri.str(), to_string(node.format));
  if (!node.type.empty() && node.type != kTextPlain) line += " " + one_line(node.type);
  if (!node.title.empty()) line += " \"" + one_line(node.title) + "\"";
  if (!node.acl.empty()) line += " [" + one_line(node.acl) + "]";
  if (node.format != Format::node) line += " = " + (discretion.hides(node.uri) ? "(hidden)" : value_line(node.data));
  return line;
}

class Dump {
 public:
  Dump(bool as_json, const Terminal& terminal, Discretion discretion)
      : as_json_(as_json), terminal_(terminal), discretion_(std::move(discretion)) {}

  void file(std::string_view name, std::size_t octets, const std::string& remark) {
    file_ = name;
    if (!as_json_)
      write_out(terminal_.paint(Style::interior, fmt::format("{}", name)) +
                fmt::format("  {} octets{}\n", octets, remark));
  }
  void commit(const CommitRecord& commit) {
    if (as_json_) {
      const json object = commit_as_json(file_, commit, discretion_);
      write_out(json_text(object, -1));
      return;
    }
    std::string head = fmt::format("#{} {} {}", commit.sequence, rfc3339(commit.time), one_line(commit.origin.who));
    const auto part = [&head](const char* name, const std::string& value) {
      if (!value.empty()) head += fmt::format(" {} {}", name, one_line(value));
    };
    part("session", commit.origin.session);
    part("msg", commit.origin.msg);
    part("cmd", commit.origin.cmd);
    if (!commit.origin.command.empty()) head += " " + one_line(commit.origin.command);
    write_out(head + "\n");
    for (const EditRecord& edit : commit.edits)
      write_out(Terminal::clip(edit_as_text(edit, discretion_), terminal_.width) + "\n");
  }
  void remark(const std::string& text) {
    if (!as_json_) write_out(terminal_.paint(Style::warning, text) + "\n");
  }

 private:
  bool as_json_;
  const Terminal& terminal_;
  Discretion discretion_;
  std::string file_;
};

Result<void> dump_snapshot(FileSystem& files, const std::string& directory, Dump& dump) {
  const Result<Octets> content = files.read(directory + "/" + std::string(kSnapshotFile), kMaxFile);
  if (!content) return content.error().code == Errc::not_found ? Result<void>() : content.error();
  const Result<SnapshotContent> snapshot = read_snapshot(*content);
  if (!snapshot) return Error{snapshot.error().code, std::string(kSnapshotFile) + ": " + snapshot.error().detail};
  dump.file(kSnapshotFile, content->size(), fmt::format(", generation {}", snapshot->generation));
  dump.commit(snapshot->commit);
  if (snapshot->history.empty()) return {};
  const Result<History> history = read_history(*content, {});
  if (!history) return Error{Errc::corrupt, std::string(kSnapshotFile) + ": history: " + history.error().detail};
  dump.file(kSnapshotFile, snapshot->history.size(),
            fmt::format(" of history, from commit {} on", history->sequence + 1));
  for (const CommitRecord& commit : history->commits) dump.commit(commit);
  return {};
}

Result<void> dump_journal(FileSystem& files, const std::string& directory, Dump& dump) {
  const Result<Octets> content = files.read(directory + "/" + std::string(kJournalFile), kMaxFile);
  if (!content) return content.error().code == Errc::not_found ? Result<void>() : content.error();
  dump.file(kJournalFile, content->size(), "");
  const JournalScan scan = DM_TRY(scan_journal(*content, [&dump](CommitRecord&& commit) -> Result<void> {
    dump.commit(commit);
    return {};
  }));
  const std::size_t rest = content->size() - scan.good_size;
  if (scan.end == JournalScan::End::torn)
    dump.remark(fmt::format("{} octets of a record that was never finished", rest));
  if (scan.end == JournalScan::End::clean) return {};
  if (scan.end == JournalScan::End::torn) return {};
  return Error{Errc::corrupt, std::string(kJournalFile) + ": " + scan.problem};
}

struct Loaded {
  LoadReport report;
  StoredNodes nodes;
};

Result<Loaded> load_everything(JournalStore& store) {
  Loaded loaded;
  loaded.report = DM_TRY(store.load([&loaded](const CommitRecord& commit) { return loaded.nodes.apply(commit); }));
  return loaded;
}

// The former snapshot is of no use until it is needed; better to know before.
void check_former(FileSystem& files, const std::string& directory, json& problems) {
  const Result<Octets> content = files.read(directory + "/" + std::string(kFormerSnapshotFile), kMaxFile);
  if (!content) return;
  if (const auto snapshot = read_snapshot(*content); !snapshot) {
    problems.push_back(std::string(kFormerSnapshotFile) + ": " + snapshot.error().detail);
  }
}

// Damaged files that a former repair set aside.
json evidence(FileSystem& files, const std::string& directory) {
  json names = json::array();
  for (const std::string& name : files.list(directory).value_or(std::vector<std::string>{})) {
    if (name.starts_with("tree.") && name.find(kEvidenceMark) != std::string::npos) names.push_back(name);
  }
  return names;
}

std::uint64_t octets_of(FileSystem& files, const std::string& directory) {
  std::uint64_t total = 0;
  for (const std::string_view name : {kSnapshotFile, kJournalFile}) {
    const Result<Octets> content = files.read(directory + "/" + std::string(name), kMaxFile);
    if (content) total += content->size();
  }
  return total;
}

}  // namespace

json dump_store(const std::string& directory, bool as_json, const Terminal& terminal) {
  if (const auto there = require_state(directory, false); !there) return store_failure(there.error());
  Result<Discretion> discretion = Discretion::of_device();
  if (!discretion) return control_failure(discretion.error(), kExitFailed);
  PosixFileSystem files;
  Dump dump(as_json, terminal, std::move(*discretion));
  // A damaged snapshot does not keep the journal from being shown.
  const Result<void> snapshot = dump_snapshot(files, directory, dump);
  const Result<void> journal = dump_journal(files, directory, dump);
  if (!snapshot) return store_failure(snapshot.error());
  return journal ? control_answer(json::object()) : store_failure(journal.error());
}

json check_store(const std::string& directory) {
  if (const auto there = require_state(directory, false); !there) return store_failure(there.error());
  PosixFileSystem files;
  json result;
  const auto read = [&]() -> Result<void> {
    result = {{"ok", false}, {"generation", 0}, {"records", 0}, {"problems", json::array()}};
    const std::unique_ptr<JournalStore> store = DM_TRY(JournalStore::open(files, directory));
    const Result<Loaded> loaded = load_everything(*store);
    if (loaded) {
      result["generation"] = loaded->report.generation;
      result["records"] = loaded->report.records;
      for (const std::string& problem : loaded->report.problems) result["problems"].push_back(problem);
      if (const auto history = store->history(); !history) {
        result["problems"].push_back("the history cannot be read and will begin anew; the tree is unharmed: " +
                                     history.error().detail);
      }
    } else {
      if (loaded.error().code != Errc::corrupt) return loaded.error();
      result["problems"].push_back(loaded.error().detail);
    }
    check_former(files, directory, result["problems"]);
    result["evidence"] = evidence(files, directory);
    result["ok"] = result["problems"].empty();
    return {};
  };
  const Result<void> done = read_steadily(directory, read);
  return done ? control_answer(std::move(result)) : store_failure(done.error());
}

json compact_store(const TreeAccess& access) {
  const std::string& directory = access.directory();
  if (const auto there = require_state(directory, false); !there) return store_failure(there.error());
  const Result<bool> daemon = access.daemon_runs();
  if (daemon && *daemon) {
    return store_failure({Errc::unavailable, lock_holder(directory) + " serves it, and compacts it by itself"});
  }
  const Result<JournalStoreOptions> options = configured_store(access.config());
  if (!options) return control_failure(options.error(), kExitUsage);
  PosixFileSystem files;
  const auto compact = [&]() -> Result<json> {
    const FileLock lock = DM_TRY(lock_state(directory));
    const std::uint64_t before = octets_of(files, directory);
    const std::unique_ptr<JournalStore> store = DM_TRY(JournalStore::open(files, directory, *options));
    const Loaded loaded = DM_TRY(load_everything(*store));
    if (loaded.nodes.sequence() != 0) {
      DM_TRY(store->compact(loaded.nodes.sequence(), [&loaded](const auto& put) { loaded.nodes.for_each(put); }));
    }
    const std::uint64_t made = loaded.nodes.sequence() != 0 ? 1 : 0;
    return json{{"generation", loaded.report.generation + made},
                {"records", loaded.report.records},
                {"problems", loaded.report.problems},
                {"octets_before", before},
                {"octets_after", octets_of(files, directory)}};
  };
  Result<json> result = compact();
  return result ? control_answer(std::move(*result)) : store_failure(result.error());
}

}  // namespace omadm
