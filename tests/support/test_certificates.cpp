#include "tests/support/test_certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/crypto/digest.h"
#include "base/text.h"

namespace omadm::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void require(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "test certificates: %s failed\n", what);
  std::abort();
}

Key new_key() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  require(key != nullptr, "EVP_EC_gen");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr, "X509V3_EXT_conf_nid");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate new_certificate(EVP_PKEY* key, const std::string& name, long serial, int days) {
  Certificate certificate(X509_new(), &X509_free);
  require(certificate != nullptr, "X509_new");
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -86400L * 60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400L * days);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()), static_cast<int>(name.size()), -1, 0);
  return certificate;
}

void write_certificate(const std::string& path, X509* certificate) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  require(file != nullptr && PEM_write_X509(file, certificate) == 1, "PEM_write_X509");
  std::fclose(file);
}

void write_key(const std::string& path, EVP_PKEY* key) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  require(file != nullptr && PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "PEM_write_PrivateKey");
  std::fclose(file);
}

std::string spki_pin(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  require(size > 0, "i2d_PUBKEY");
  const std::string pin = base64_encode(sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)}));
  OPENSSL_free(der);
  return pin;
}

bool is_address(const std::string& host) {
  return host.find(':') != std::string::npos || std::isdigit(static_cast<unsigned char>(host.back())) != 0;
}

}  // namespace

struct TestAuthority::Impl {
  Key key = new_key();
  Certificate certificate{nullptr, &X509_free};
};

TestAuthority::TestAuthority(std::string directory, const std::string& name)
    : directory_(std::move(directory)), ca_file_(directory_ + "/ca-" + name + ".pem"), impl_(new Impl) {
  impl_->certificate = new_certificate(impl_->key.get(), name, 1, 30);
  X509* certificate = impl_->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
  require(X509_sign(certificate, impl_->key.get(), EVP_sha256()) > 0, "X509_sign");
  write_certificate(ca_file_, certificate);
}

TestAuthority::~TestAuthority() { delete impl_; }

TestIdentity TestAuthority::issue(const std::vector<std::string>& hosts, int days) {
  const std::string base = directory_ + "/" + std::to_string(++issued_);
  TestIdentity identity{base + ".crt", base + ".key", {}};
  const Key key = new_key();
  const Certificate certificate = new_certificate(key.get(), hosts.front(), 100 + issued_, days);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(impl_->certificate.get()));
  std::string names;
  for (const std::string& host : hosts) {
    names += (names.empty() ? "" : ",") + std::string(is_address(host) ? "IP:" : "DNS:") + host;
  }
  add_extension(certificate.get(), impl_->certificate.get(), NID_subject_alt_name, names);
  require(X509_sign(certificate.get(), impl_->key.get(), EVP_sha256()) > 0, "X509_sign");
  write_certificate(identity.cert_file, certificate.get());
  write_key(identity.key_file, key.get());
  identity.spki_pin = spki_pin(key.get());
  return identity;
}

}  // namespace omadm::test
