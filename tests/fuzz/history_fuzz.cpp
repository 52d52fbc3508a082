// What a snapshot keeps of the past is the past: commits are made, compacted now and then with a bound on what is kept,
// and every moment of the history that comes back is the tree as it was then.
//
// The input is text, a line each: "p PATH VALUE" puts a node, "d PATH" removes, "r PATH PATH" renames, "c" ends a
// commit, "s" compacts, a number bounds what is kept of the past, in octets.
#include <algorithm>
#include <charconv>
#include <map>

#include "dmtree/store/history.h"
#include "dmtree/store/record.h"
#include "dmtree/store/store_file.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

std::string_view next_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

std::string text_of(const StoredNodes& nodes) {
  std::string text;
  nodes.for_each([&text](const NodeRecord& node) { text += std::string(node.uri.path()) + '=' + node.data + '\n'; });
  return text;
}

// A device and its files.
class Device {
 public:
  void edit(std::string_view line) {
    const std::string_view op = next_word(line);
    EditRecord edit;
    const Result<Uri> uri = Uri::parse("./" + std::string(next_word(line)));
    if (!uri || uri->is_root()) return;
    edit.node.uri = *uri;
    edit.op = op == "p" ? EditRecord::Op::put : op == "d" ? EditRecord::Op::remove : EditRecord::Op::rename;
    if (op == "p") edit.node.data = line;
    if (op == "r") {
      const Result<Uri> renamed = Uri::parse("./" + std::string(line));
      // As a tree renames: to a name that is free. Nothing else comes into a journal.
      if (!renamed || renamed->is_root() || renamed->is_within(*uri) || uri->is_within(*renamed)) return;
      bool taken = false;
      now_.for_each([&](const NodeRecord& node) { taken = taken || node.uri.is_within(*renamed); });
      if (taken) return;
      edit.renamed = *renamed;
    }
    if (now_.apply(edit)) edits_.push_back(std::move(edit));
  }

  void commit() {
    if (edits_.empty()) return;
    CommitRecord record;
    record.sequence = ++sequence_;
    record.time = static_cast<std::int64_t>(sequence_);
    record.edits = std::move(edits_);
    edits_.clear();
    const Result<Octets> octets = write_record(record, true);
    fuzz::require(octets.has_value(), "a commit of these is a record");
    journal_ += *octets;
    moments_[sequence_] = text_of(now_);
  }

  void compact(std::size_t octets) {
    if (sequence_ == 0) return;
    const Result<Octets> history = fit_history(snapshot_, journal_, octets);
    fuzz::require(history.has_value(), "the past of sound files can be gathered");
    fuzz::require(history->size() <= octets, "no more is kept than wanted");
    RecordWriter writer;
    writer.begin(sequence_, static_cast<std::int64_t>(sequence_), Origin{}, true);
    now_.for_each([&writer](const NodeRecord& node) { writer.put(node); });
    snapshot_ = write_file_header(FileKind::snapshot, 1);
    fuzz::require(writer.finish(snapshot_).has_value(), "a snapshot can be written");
    snapshot_ += *history;
    journal_.clear();
  }

  void check() const {
    const Result<History> history = read_history(snapshot_, journal_);
    fuzz::require(history.has_value(), "the past of sound files can be read");
    fuzz::require(history->sequence + history->commits.size() == sequence_, "it reaches up to now");
    for (std::size_t i = 0; i <= history->commits.size(); ++i) {
      const Result<StoredNodes> then = history->after(i, now_);
      fuzz::require(then.has_value(), "every moment can be made");
      fuzz::require(text_of(*then) == moments_.at(history->sequence + i), "and is as it was");
    }
  }

 private:
  StoredNodes now_{StoredNodes::Extent::partial};
  std::vector<EditRecord> edits_;
  std::map<std::uint64_t, std::string> moments_{{0, ""}};
  std::uint64_t sequence_ = 0;
  Octets snapshot_, journal_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = fuzz::octets(data, std::min<std::size_t>(size, 2000));
  Device device;
  std::size_t octets = 1000;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    if (line == "c" || line == "s") {
      device.commit();
      if (line == "s") device.compact(octets);
    } else if (line.size() > 2 && line[1] == ' ') {
      if (line[0] == 'p' || line[0] == 'd' || line[0] == 'r') device.edit(line);
    } else {
      std::from_chars(line.data(), line.data() + line.size(), octets);
    }
  }
  device.commit();
  device.check();
  return 0;
}
