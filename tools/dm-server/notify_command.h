// dm-server notify: one Package#0, to a file or a UDP port.
#pragma once

namespace CLI {
class App;
}

namespace omadm::server {

class NotifyCommand {
 public:
  explicit NotifyCommand(CLI::App& app);  // declares its options below `app`
  ~NotifyCommand();
  NotifyCommand(const NotifyCommand&) = delete;
  NotifyCommand& operator=(const NotifyCommand&) = delete;
  bool chosen() const;
  int run(bool json, bool verbose) const;  // the exit status

 private:
  struct Options;
  Options* options_;
};

}  // namespace omadm::server
