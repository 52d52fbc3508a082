// Where a push made by a command goes: to a device, or into files.
#pragma once

#include <string>

#include "tools/dm-server/push_sender.h"

namespace CLI {
class App;
}

namespace omadm::server {

class Delivery {
 public:
  // Adds --to, --via, --out and --sms. `what` says it in complaints: "notify"; `via` is the bearer unless told
  // otherwise. Must outlive the parsing.
  void declare(CLI::App& command, const std::string& what, Bearer via);
  // The exit status. Complains when neither --to nor --out was given.
  int deliver(const Push& push, bool json, bool verbose) const;

 private:
  int refuse_it(int exit, const std::string& why, bool json) const;
  int write_to(const std::string& file, Bytes octets, bool json) const;
  int write_short_messages(const Push& push, bool json) const;

  std::string what_, to_, out_, via_;
  bool sms_ = false;
};

}  // namespace omadm::server
