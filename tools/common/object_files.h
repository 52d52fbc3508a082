// The vendor objects that the configuration of dm-client names: [[mo]].
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "client/file_leaves.h"
#include "dmtree/uri.h"

namespace omadm {

class TomlSection;

// One [[mo]].
struct ObjectFile {
  std::string ddf_file;
  Octets ddf;                        // its text
  std::vector<std::string> handler;  // program and arguments; empty: values are kept in the tree
  std::chrono::seconds timeout{10};  // of one call of the handler
  std::vector<Uri> roots;            // the subtrees of the handler; empty without one
  std::vector<FileLeaf> files;       // leaves whose values are files
};

// Hands the files of the configuration to `take`, one after the other: `file` or, when it is empty, those of the
// default places (UI-011). Files that may not be read count as not there. malformed: no TOML.
Result<void> for_each_configuration(
    const std::string& file, const std::function<Result<void>(TomlSection& top, const std::string& source)>& take);

// Reads the [[mo]] tables of one file of the configuration. malformed: "file:line: [mo] key: what is wrong"; a
// description that is broken comes as "ddf file:line: what is wrong".
Result<void> read_objects(TomlSection& top, const std::string& file, std::vector<ObjectFile>& objects);

// Those of all files; nothing else in the configuration is looked at.
Result<std::vector<ObjectFile>> configured_objects(const std::string& file);

}  // namespace omadm
