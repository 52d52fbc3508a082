// Certificates made on the spot, so that a lab needs no files: an authority, and a server it signed.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace omadm::server {

struct X509Deleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct StoreDeleter {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
using StorePtr = std::unique_ptr<X509_STORE, StoreDeleter>;
using CertificatePtr = std::unique_ptr<X509, X509Deleter>;
using KeyPtr = std::unique_ptr<EVP_PKEY, KeyDeleter>;

struct TlsIdentity {
  CertificatePtr certificate;
  KeyPtr key;
  CertificatePtr authority;
  std::string ca_pem;      // what a client has to trust
  std::string client_pem;  // a client's certificate of the same authority, and its key
};

// For localhost, 127.0.0.1, ::1 and `names` (DNS names or addresses); valid for a month. failed: OpenSSL refuses.
Result<TlsIdentity> make_tls_identity(const std::vector<std::string>& names);
// Takes clients of that authority.
StorePtr make_client_trust(const TlsIdentity& identity);

}  // namespace omadm::server
