// Keys and certificates for tests, made on the fly.
#pragma once

#include <string>
#include <vector>

namespace omadm::test {

struct TestIdentity {
  std::string cert_file, key_file;  // PEM
  std::string spki_pin;             // Base64 of SHA-256 of the public key
};

// A certificate authority of its own; its files live in `directory`, which must exist. Ends the process
// with a message when OpenSSL refuses: a test cannot go on without.
class TestAuthority {
 public:
  explicit TestAuthority(std::string directory, const std::string& name = "Test CA");
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;
  ~TestAuthority();

  // `hosts` are DNS names and IP addresses of the certificate; the first is its subject. `days` may be negative.
  TestIdentity issue(const std::vector<std::string>& hosts, int days = 30);
  const std::string& ca_file() const { return ca_file_; }

 private:
  struct Impl;
  std::string directory_, ca_file_;
  int issued_ = 0;
  Impl* impl_;
};

}  // namespace omadm::test
