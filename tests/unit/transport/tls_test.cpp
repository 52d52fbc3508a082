// SEC-120, SEC-122: whom the client believes.
#include <openssl/ssl.h>

#include "tests/unit/transport/http_fixture.h"

namespace omadm::test {
namespace {

TestResponse secret_answer(const TestRequest&) {
  TestResponse response;
  response.body = "over TLS";
  return response;
}

TEST_F(HttpTest, SEC_122_PRO_440_AServerOfTheTrustedAuthorityIsBelieved) {
  const TestIdentity identity = authority_.issue({"127.0.0.1"});
  TestHttpServer server(secret_answer, {identity.cert_file, identity.key_file, "", 0});
  for (int i = 0; i < 2; ++i) {
    const auto response = fetch(secure(post(server.url(), std::string(200000, 'b'))));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->body, "over TLS");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTest, SEC_122_AnotherAuthorityIsRefused) {
  TestAuthority other(directory_.path(), "Other");
  const TestIdentity identity = other.issue({"127.0.0.1"});
  TestHttpServer server(secret_answer, {identity.cert_file, identity.key_file, "", 0});
  expect_error(fetch(secure(post(server.url()))), Errc::transport, "certificate refused");
  HttpRequest request = post(server.url());  // the system's authorities
  expect_error(fetch(request), Errc::transport, "certificate refused");
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpTest, SEC_122_TheNameMustBeThatOfTheUrl) {
  const TestIdentity identity = authority_.issue({"dm.example.net", "10.1.2.3"});
  TestHttpServer server(secret_answer, {identity.cert_file, identity.key_file, "", 0});
  const auto response = fetch(secure(post(server.url())));
  expect_error(response, Errc::transport, "TLS with 127.0.0.1 port");
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpTest, SEC_122_AnExpiredCertificateIsRefused) {
  const TestIdentity identity = authority_.issue({"127.0.0.1"}, -1);
  TestHttpServer server(secret_answer, {identity.cert_file, identity.key_file, "", 0});
  expect_error(fetch(secure(post(server.url()))), Errc::transport, "certificate has expired");
}

TEST_F(HttpTest, SEC_120_TheLeastVersionHolds) {
  const TestIdentity identity = authority_.issue({"127.0.0.1"});
  TestHttpServer old(secret_answer, {identity.cert_file, identity.key_file, "", TLS1_1_VERSION});
  expect_error(fetch(secure(post(old.url()))), Errc::transport, "TLS with 127.0.0.1");
  TestHttpServer tls12(secret_answer, {identity.cert_file, identity.key_file, "", TLS1_2_VERSION});
  EXPECT_TRUE(fetch(secure(post(tls12.url()))));
  HttpRequest request = secure(post(tls12.url()));
  request.tls.min_version = "1.3";
  expect_error(fetch(request), Errc::transport, "TLS with 127.0.0.1");
  request.tls.min_version = "1.0";
  expect_error(fetch(request), Errc::unsupported, "min_version");
}

TEST_F(HttpTest, SEC_123_AClientCertificateIsShown) {
  const TestIdentity identity = authority_.issue({"127.0.0.1"});
  const TestIdentity device = authority_.issue({"device"});
  TestHttpServer server(secret_answer, {identity.cert_file, identity.key_file, authority_.ca_file(), 0});
  HttpRequest request = secure(post(server.url()));
  EXPECT_FALSE(fetch(request));
  request.tls.client_cert = device.cert_file;
  request.tls.client_key = device.key_file;
  const auto response = fetch(request);
  ASSERT_TRUE(response) << response.error().detail;
}

TEST_F(HttpTest, SEC_122_APinnedKeyMustMatch) {
  const TestIdentity identity = authority_.issue({"127.0.0.1"});
  const TestIdentity other = authority_.issue({"127.0.0.1"});
  TestHttpServer server(secret_answer, {identity.cert_file, identity.key_file, "", 0});
  HttpRequest request = secure(post(server.url()));
  request.tls.pinned_spki = {other.spki_pin};
  expect_error(fetch(request), Errc::transport, "certificate refused");
  request.tls.pinned_spki = {other.spki_pin, identity.spki_pin};
  EXPECT_TRUE(fetch(request));
  request.tls.pinned_spki = {"AAAA"};
  expect_error(fetch(request), Errc::malformed, "pin");
}

TEST_F(HttpTest, SEC_122_AMissingAuthorityFileIsTold) {
  const TestIdentity identity = authority_.issue({"127.0.0.1"});
  TestHttpServer server(secret_answer, {identity.cert_file, identity.key_file, "", 0});
  HttpRequest request = secure(post(server.url()));
  request.tls.ca_file = directory_.file("no-such.pem");
  expect_error(fetch(request), Errc::transport, "TLS with 127.0.0.1");
}

TEST_F(HttpTest, SEC_120_ATruncatedAnswerOverTlsIsATransportError) {
  const TestIdentity identity = authority_.issue({"127.0.0.1"});
  TestHttpServer server(
      [](const TestRequest&) {
        TestResponse response;
        response.body = std::string(5000, 'x');
        response.cut_after = 3000;
        return response;
      },
      {identity.cert_file, identity.key_file, "", 0});
  expect_error(fetch(secure(post(server.url()))), Errc::transport, "answer of 127.0.0.1");
}

TEST_F(HttpTest, SEC_120_APlainServerBehindHttpsIsATransportError) {
  TestHttpServer server(secret_answer);
  HttpRequest request = secure(post("https://127.0.0.1:" + std::to_string(server.port()) + "/"));
  request.connect_timeout = std::chrono::seconds(2);
  const auto response = fetch(request);
  ASSERT_FALSE(response);
  EXPECT_TRUE(response.error().code == Errc::transport || response.error().code == Errc::timed_out);
}

}  // namespace
}  // namespace omadm::test
