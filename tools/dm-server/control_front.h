// Requests of the lab's own scripts, over loopback: POST /_control/notify, GET /_control/state.
#pragma once

#include <httplib.h>

#include "tools/dm-server/lab.h"

namespace omadm::server {

class ControlFront {
 public:
  explicit ControlFront(Lab& lab) : lab_(lab) {}
  // False: not for the control. Anybody but loopback gets 403.
  bool answer(const httplib::Request& request, httplib::Response& response);

 private:
  void notify(const httplib::Request& request, httplib::Response& response);
  Lab& lab_;
};

}  // namespace omadm::server
