// The server's side of management sessions over HTTPS or HTTP, commands written out as XML.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/markup/markup.h"
#include "syncml/codec/codec.h"
#include "tests/support/test_http_server.h"

namespace omadm::test {

// A message of the client, as it came and as it reads.
struct DmRequest {
  TestRequest http;
  std::string session_id, msg_id, target, source, source_name;
  std::optional<std::string> cred;  // Data of the header's Cred
  std::string next_nonce;           // raw octets of the Chal for our header; empty: none
  std::vector<std::string> lines;   // "Status 2 Get 200", "Alert 1226", "Replace", "Results 2", "Final"
  struct Alert {
    std::string cmd_id, code, type, data, correlator;
  };
  std::vector<Alert> alerts;
  std::map<std::string, std::string> results;  // LocURI → Data

  bool has(std::string_view line) const;
};

// Answers each message with the next step; when there is none left, with an empty package that ends the
// session. Every step sees 200 for the header and for each alert already said, unless it says so itself.
class ScriptedServer {
 public:
  using Step = std::function<TestResponse(const DmRequest&)>;
  explicit ScriptedServer(TestServerOptions options = {});
  ~ScriptedServer();

  std::string url(const std::string& target = "/dm") const { return http_.url(target); }
  int port() const { return http_.port(); }

  // Steps, in order of arrival of the messages.
  void then(Step step);
  void then(std::string commands, std::string header_extra = {});  // of the server's next package
  void then_status(int http_status, std::vector<std::pair<std::string, std::string>> headers = {});
  void then_http(TestResponse response);  // no DM message at all
  // Keeps its answer back until `release`; the next steps count from there.
  void then_hold(std::string commands = {});
  void release();

  std::vector<DmRequest> requests() const;  // so far, in order
  std::size_t count() const;

  // An answer to `request`: statuses for what the client sent, then `commands`; the end of a package unless a
  // chunk of a large object is among them.
  TestResponse package(const DmRequest& request, std::string_view commands, std::string_view header_extra = {});

  // Proves itself by md5 from now on; `nonce` is what the device has stored, later ones come from its challenges.
  void prove(std::string name, std::string secret, Octets nonce);
  Octets nonce() const;  // under which the next proof will be

  Encoding encoding = Encoding::xml;  // of the answers
  std::string header_status = "200";  // for the client's header …
  std::string header_chal;            // … the Chal element with it
  std::string alert_status = "200";   // for generic alerts; empty: none is given

 private:
  TestResponse answer(const TestRequest& http);

  mutable std::mutex mutex_;  // guards what follows
  std::deque<Step> steps_;
  std::vector<DmRequest> requests_;
  std::map<std::string, unsigned> msg_ids_;  // by SessionID: the last given
  struct Proof {
    std::string name, secret;
    Octets nonce;
  };
  std::optional<Proof> proof_;
  std::condition_variable released_;
  bool held_ = false;
  TestHttpServer http_;  // last: its threads use the rest
};

DmRequest read_dm_request(const TestRequest& http);

std::string xml_text(std::string_view text);  // escaped

// Elements of commands; `data` is markup.
std::string get_command(std::string_view cmd_id, std::string_view uri);
std::string add_command(std::string_view cmd_id, std::string_view uri, std::string_view data,
                        std::string_view format = "chr");
std::string replace_command(std::string_view cmd_id, std::string_view uri, std::string_view data,
                            std::string_view format = "chr");
std::string delete_command(std::string_view cmd_id, std::string_view uri);
std::string alert_command(std::string_view cmd_id, std::string_view code);
std::string chal_element(std::string_view type, std::string_view nonce);  // nonce: raw octets
std::string cred_element(std::string_view type, std::string_view data);

}  // namespace omadm::test
