// Where a request is done: by the daemon that runs, else on the state directory itself.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/io/log.h"
#include "base/result.h"
#include "tools/common/control_protocol.h"
#include "tools/common/object_files.h"

namespace omadm {

// Does tree requests (tools/common/tree_requests.h). Answers have the form of the control protocol; what keeps a
// request from being done at all is answered in the same form, so that a caller sees one kind of failure:
// exit 1 no state, 2 configuration, 7 locked or corrupt.
class TreeAccess {
 public:
  // `config`: file whose [[mo]] descriptions count; empty: the default places.
  TreeAccess(std::string state_directory, std::string config)
      : directory_(std::move(state_directory)), config_(std::move(config)) {}

  // `event`: gets what a daemon tells before it answers.
  nlohmann::json run(const nlohmann::json& request, bool writes, const ControlConnection::OnEvent& event = {});
  // Whether a daemon serves the directory; then its store must be left alone.
  Result<bool> daemon_runs() const;
  bool used_daemon() const noexcept { return used_daemon_; }  // for the last request
  const std::string& directory() const noexcept { return directory_; }
  const std::string& config() const noexcept { return config_; }
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }  // what loading found out

 private:
  nlohmann::json run_locally(const nlohmann::json& request, bool writes);
  void attach_files(Tree& tree, const std::vector<ObjectFile>& objects, bool writes,
                    std::vector<std::unique_ptr<FileLeaves>>& files);

  std::string directory_;
  std::string config_;
  NullLog quiet_;
  bool used_daemon_ = false;
  std::vector<std::string> warnings_;
};

// How a state directory that cannot be used is answered.
nlohmann::json store_failure(const Error& error);

}  // namespace omadm
