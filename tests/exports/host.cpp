// Everything that a host may want of libomadm.so, to be linked against it: a function that is missing in
// cmake/libomadm.map does not link.
#include <cstdio>

#include "base/crypto/secret.h"
#include "base/io/clock.h"
#include "base/io/file_system.h"
#include "base/io/log.h"
#include "base/ports/http_client.h"
#include "client/client.h"
#include "dmtree/store/journal_store.h"
#include "dmtree/store/memory_store.h"
#include "mo/common/package_check.h"

namespace {

using namespace omadm;

class Lamp final : public ManagementObject {
 public:
  Result<std::optional<Octets>> read(const Uri& leaf) override {
    if (leaf.name() == "Lit") return std::optional<Octets>("true");
    return ManagementObject::read(leaf);
  }
  Result<void> check(const Transaction& after, Edits edits) override { return ManagementObject::check(after, edits); }
};

class Person final : public UserInterface {
 public:
  bool present() const override { return true; }
};

// The pure functions of the headers, by their outcomes.
int wrong_values() {
  const UserPrompt prompt;
  Secret secret("0000");
  const Secret copy = secret;
  secret = Secret();
  const auto address = Address::parse("./Lamp/Lit?prop=ACL");
  const auto acl = Acl::parse("Get=*&Replace=a");
  int wrong = 0;
  const auto expect = [&wrong](bool good) { wrong += good ? 0 : 1; };
  expect(address && acl && acl->grants(AccessType::get, "b") && Acl::granting("a", {AccessType::get}) != *acl);
  expect(address && address->node == Uri().child("Lamp").child("Lit") && address->node.parent().depth() == 1);
  expect(canonical_name("Lamp").has_value() && is_server_id("a") && !check_value(Format::int_, "x"));
  expect(format_from("chr") == Format::chr && property_from("ACL") == Property::acl);
  expect(auth_type_from_aauth("BASIC") == AuthType::basic && copy.view() == "0000" && secret.empty());
  expect(to_string(Format::chr) == "chr" && to_string(Errc::veto) == "veto" && to_string(AccessType::get) == "Get");
  expect(to_string(Property::acl) == "ACL" && to_string(AuthType::md5) == "md5" && to_string(Encoding::xml) == "xml");
  expect(to_string(BootstrapSource::file) == "file" && signature_url("a") != "a");
  expect(iso8601_basic(0) == "19700101T000000Z" && rfc3339(0) == "1970-01-01T00:00:00Z");
  expect(!check_package({}, {}) && HttpResponse().content_type().empty() && default_answer(prompt).has_value());
  static_cast<void>(problem_with(prompt, {}));
  return wrong;
}

}  // namespace

int main(int argc, char**) {
  if (argc > 1) {  // what would touch the machine: linked, not run
    PosixFileSystem files;
    static_cast<void>(JournalStore::open(files, "/nowhere").has_value());
    static_cast<void>(FileLock::acquire("/nowhere").has_value());
  }
  MemoryStore store;
  StderrLog log("host", LogLevel::error);
  SystemClock clock;
  Person person;
  Lamp lamp;
  Platform platform;
  platform.store = &store;
  platform.log = &log;
  platform.clock = &clock;
  platform.user = &person;
  auto client = Client::open(ClientConfig{}, platform);
  if (!client) return 1;
  Tree& tree = (*client)->tree();
  tree.attach(*Uri::parse("./Lamp"), lamp);
  Transaction edits = tree.begin(Principal::device());
  if (!edits.put(*Uri::parse("./Lamp"), {Format::node, {}, {}}) ||
      !edits.put(*Uri::parse("./Lamp/Lit"), {Format::bool_, {}, "false"}) || !std::move(edits).commit() ||
      !tree.flush()) {
    return 1;
  }
  const auto lit = tree.begin(Principal::device()).get(*Uri::parse("./Lamp/Lit"));
  const int wrong = wrong_values();
  tree.detach(lamp);
  std::printf("%s, %d wrong\n", lit ? lit->data.c_str() : "?", wrong);
  return lit && lit->data == "true" && wrong == 0 ? 0 : 1;
}
