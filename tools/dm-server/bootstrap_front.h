// Answers client initiated bootstrap: HTTPS POST, multipart/form-data.
#pragma once

#include <httplib.h>

#include <mutex>

#include "tools/dm-server/exchange.h"
#include "tools/dm-server/lab.h"
#include "tools/dm-server/recorder.h"
#include "tools/dm-server/script.h"
#include "tools/dm-server/variables.h"

namespace omadm::server {

class BootstrapFront {
 public:
  // `recorder` may be null; the others must outlive the front. `url` is this server's, without path.
  BootstrapFront(const Script& script, Lab& lab, Exchange& exchange, Variables& variables, Recorder* recorder,
                 std::string url);

  void answer(const httplib::Request& request, httplib::Response& response);

 private:
  bool fields_good(const httplib::Request& request);
  std::optional<Fault> next_fault();

  const Script& script_;
  Lab& lab_;
  Exchange& exchange_;
  Variables& variables_;
  Recorder* recorder_;
  std::string url_;
  std::mutex mutex_;
  std::vector<Fault> faults_;
};

}  // namespace omadm::server
