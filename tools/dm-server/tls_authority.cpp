#include "tools/dm-server/tls_authority.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>

namespace omadm::server {
namespace {

constexpr long kMonth = 31L * 24 * 3600;
constexpr long kDay = 24L * 3600;

Error failed(const char* what) { return Error{Errc::failed, std::string("OpenSSL: ") + what}; }

KeyPtr make_key() { return KeyPtr(EVP_EC_gen("P-256")); }

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool set_serial(X509* certificate) {
  std::array<unsigned char, 8> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return false;
  random[0] &= 0x7FU;
  BIGNUM* const number = BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr);
  const bool set = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

bool set_name(X509_NAME* name, const char* common_name) {
  const auto* const text = static_cast<const unsigned char*>(static_cast<const void*>(common_name));
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1;
}

// A certificate without extensions and signature. Null: OpenSSL refuses.
CertificatePtr blank(const char* common_name, X509* issuer, EVP_PKEY* key) {
  CertificatePtr certificate(X509_new());
  X509* const raw = certificate.get();
  if (raw == nullptr || X509_set_version(raw, 2) != 1 || !set_serial(raw) ||
      X509_gmtime_adj(X509_getm_notBefore(raw), -kDay) == nullptr ||
      X509_gmtime_adj(X509_getm_notAfter(raw), kMonth) == nullptr || X509_set_pubkey(raw, key) != 1 ||
      !set_name(X509_get_subject_name(raw), common_name) ||
      X509_set_issuer_name(raw, X509_get_subject_name(issuer == nullptr ? raw : issuer)) != 1) {
    return nullptr;
  }
  return certificate;
}

bool is_address(const std::string& name) {
  return name.find_first_not_of("0123456789.") == std::string::npos || name.find(':') != std::string::npos;
}

// The key too, unless it is null.
std::string pem_of(X509* certificate, EVP_PKEY* key) {
  BIO* const memory = BIO_new(BIO_s_mem());
  std::string text;
  const bool good =
      memory != nullptr && PEM_write_bio_X509(memory, certificate) == 1 &&
      (key == nullptr || PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  if (good) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    text.assign(data, static_cast<std::size_t>(size));
  }
  BIO_free(memory);
  return text;
}

// "" when OpenSSL refuses.
std::string client_pem(X509* ca, EVP_PKEY* ca_key) {
  const KeyPtr key = make_key();
  if (!key) return {};
  const CertificatePtr certificate = blank("dm-server lab client", ca, key.get());
  if (!certificate || !add_extension(certificate.get(), ca, NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(certificate.get(), ca, NID_key_usage, "critical,digitalSignature") ||
      !add_extension(certificate.get(), ca, NID_ext_key_usage, "clientAuth") ||
      !add_extension(certificate.get(), ca, NID_authority_key_identifier, "keyid") ||
      X509_sign(certificate.get(), ca_key, EVP_sha256()) == 0) {
    return {};
  }
  return pem_of(certificate.get(), key.get());
}

}  // namespace

StorePtr make_client_trust(const TlsIdentity& identity) {
  StorePtr store(X509_STORE_new());
  if (store && X509_STORE_add_cert(store.get(), identity.authority.get()) != 1) store.reset();
  return store;
}

Result<TlsIdentity> make_tls_identity(const std::vector<std::string>& names) {
  const KeyPtr ca_key = make_key();
  KeyPtr key = make_key();
  if (!ca_key || !key) return failed("no key could be made");
  CertificatePtr ca = blank("dm-server lab authority", nullptr, ca_key.get());
  if (!ca || !add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE") ||
      !add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(ca.get(), ca_key.get(), EVP_sha256()) == 0) {
    return failed("the authority's certificate");
  }
  std::string alternatives = "DNS:localhost,IP:127.0.0.1,IP:::1";
  for (const std::string& name : names) alternatives += (is_address(name) ? ",IP:" : ",DNS:") + name;
  CertificatePtr certificate = blank("localhost", ca.get(), key.get());
  if (!certificate || !add_extension(certificate.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(certificate.get(), ca.get(), NID_key_usage, "critical,digitalSignature") ||
      !add_extension(certificate.get(), ca.get(), NID_ext_key_usage, "serverAuth") ||
      !add_extension(certificate.get(), ca.get(), NID_subject_alt_name, alternatives) ||
      !add_extension(certificate.get(), ca.get(), NID_authority_key_identifier, "keyid") ||
      X509_sign(certificate.get(), ca_key.get(), EVP_sha256()) == 0) {
    return failed("the server's certificate");
  }
  std::string client = client_pem(ca.get(), ca_key.get());
  if (client.empty()) return failed("a client's certificate");
  std::string ca_pem = pem_of(ca.get(), nullptr);
  return TlsIdentity{std::move(certificate), std::move(key), std::move(ca), std::move(ca_pem), std::move(client)};
}

}  // namespace omadm::server
