// A host program with a loop of its own that embeds the client: no thread, no file, no daemon of ours.
//   embedded-host                          opens an empty device and prints its DevInfo
//   embedded-host ACCOUNT.xml SERVER-ID    also installs that account and runs one session with the server
#include <poll.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "base/io/log.h"
#include "client/client.h"
#include "dmtree/store/memory_store.h"

namespace {

int complain(const char* what, const omadm::Error& error) {
  std::fprintf(stderr, "embedded-host: %s: %s\n", what, error.detail.c_str());
  return 1;
}

void print_device_info(omadm::Tree& tree) {
  const omadm::Transaction view = tree.begin(omadm::Principal::device());
  const auto root = omadm::Uri::parse("./DevInfo");
  if (!root) return;
  const auto nodes = view.list(*root);
  if (!nodes) return;
  for (const omadm::Node& node : *nodes) {
    if (node.is_leaf()) std::printf("%s = %s\n", node.uri.str().c_str(), node.data.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  omadm::MemoryStore store;  // what a real device replaces first: dmtree/store/journal_store.h
  omadm::StderrLog log("embedded-host", omadm::LogLevel::warning);
  omadm::Platform platform;
  platform.store = &store;
  platform.log = &log;
  platform.device.dev_id = "urn:example:0001";
  platform.device.man = "Example";
  platform.device.mod = "Lamp";
  omadm::ClientConfig config;
  config.allow_http = true;  // the example may talk to a server on the same machine
  config.retry.count = 0;

  auto client = omadm::Client::open(config, platform);
  if (!client) return complain("cannot open the client", client.error());
  print_device_info((*client)->tree());
  if (argc < 3) return 0;

  std::ifstream file(argv[1], std::ios::binary);
  const std::string document(std::istreambuf_iterator<char>(file), {});
  const auto accounts = (*client)->bootstrap(document, "application/vnd.syncml.dmtnds+xml");
  if (!accounts) return complain(argv[1], accounts.error());

  bool running = true;
  bool good = false;
  const auto done = [&](const omadm::SessionReport& report) {
    running = false;
    good = !report.error;
    std::printf("%s: %s, %zu commands\n", report.server_id.c_str(), good ? "completed" : report.error->detail.c_str(),
                report.commands.size());
  };
  const auto started = (*client)->start_session(argv[2], omadm::SessionCause::client, done);
  if (!started) return complain(argv[2], started.error());
  while (running) {  // the host's own loop: its descriptors would stand beside the client's
    pollfd descriptors[] = {{(*client)->fd(), POLLIN, 0}};
    if (poll(descriptors, 1, -1) > 0) (*client)->process();
  }
  return good ? 0 : 1;
}
