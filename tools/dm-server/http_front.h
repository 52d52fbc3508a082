// The HTTP side: listens, hands requests to whom they are for, sends the answers.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "tools/dm-server/exchange.h"
#include "tools/dm-server/lab.h"
#include "tools/dm-server/recorder.h"
#include "tools/dm-server/script.h"
#include "tools/dm-server/variables.h"

namespace omadm::server {

struct ListenOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one
  bool tls = true;
  std::string certificate_file, key_file;  // empty: made on the spot
  std::string ca_file;                     // where the authority's certificate is written; empty: nowhere
  std::vector<std::string> names;          // further names in the certificate
  // Clients have to show a certificate, and one that is taken is written here with its key; empty: none is wanted.
  // Only with a certificate made on the spot.
  std::string client_file;
};

class HttpFront {
 public:
  // Binds. io: the address is taken, a file cannot be read or written.
  static Result<std::unique_ptr<HttpFront>> open(const ListenOptions& options);
  ~HttpFront();

  int port() const noexcept { return port_; }
  const std::string& url() const noexcept { return url_; }  // scheme, host and port

  // Serves in threads of its own until stop(). References must outlive it.
  Result<void> start(const Script& script, Lab& lab, Exchange& exchange, Variables& variables, Recorder* recorder);
  void stop();
  bool idle() const;  // no answer is on its way

 private:
  HttpFront();
  struct Impl;
  std::unique_ptr<Impl> impl_;
  int port_ = 0;
  std::string url_;
};

}  // namespace omadm::server
