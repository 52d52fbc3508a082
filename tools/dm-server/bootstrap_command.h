// dm-server bootstrap: one bootstrap document, pushed to a device or left in a file.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace omadm::server {

class BootstrapCommand {
 public:
  explicit BootstrapCommand(CLI::App& app);  // declares its options below `app`
  ~BootstrapCommand();
  BootstrapCommand(const BootstrapCommand&) = delete;
  BootstrapCommand& operator=(const BootstrapCommand&) = delete;
  bool chosen() const;
  // `script`: the file whose [bootstrap] says what to make. The exit status.
  int run(const std::string& script, bool json, bool verbose) const;

 private:
  struct Options;
  Options* options_;
};

}  // namespace omadm::server
