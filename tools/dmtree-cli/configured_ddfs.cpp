#include "tools/dmtree-cli/configured_ddfs.h"

#include "tools/common/config_files.h"
#include "tools/common/object_files.h"
#include "tools/common/toml_section.h"

namespace omadm {

Result<std::vector<std::string>> configured_ddfs(const std::string& file) {
  std::vector<std::string> texts;
  for (ObjectFile& object : DM_TRY(configured_objects(file))) texts.push_back(std::move(object.ddf));
  return texts;
}

Result<JournalStoreOptions> configured_store(const std::string& file) {
  JournalStoreOptions options;
  DM_TRY(for_each_configuration(file, [&options](TomlSection& top, const std::string& source) -> Result<void> {
    const toml::table* table = top.table("store");
    if (table == nullptr) return {};
    TomlSection section(*table, "store", source);
    section.number("history", 0, kMaxHistory,
                   [&options](std::int64_t octets) { options.history_octets = static_cast<std::uint64_t>(octets); });
    return section.finish();
  }));
  return options;
}

}  // namespace omadm
