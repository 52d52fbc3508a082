// Faults in the way an answer is sent, below HTTP or in HTTP itself.
#pragma once

#include <httplib.h>

#include <string>

#include "base/bytes.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

// Puts `body` into `response`, spoiled as `fault` says. `url` is this server's.
void send_with_fault(const httplib::Request& request, httplib::Response& response, const Fault& fault, Octets body,
                     const std::string& content_type, const std::string& url);

// Ends the connection of `request` at once, without a TLS farewell.
void cut_connection(const httplib::Request& request);

// Ends what clients have open to `port`, so that a stopped server need not wait for them.
void cut_all_connections(int port);

}  // namespace omadm::server
