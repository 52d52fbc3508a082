#include "base/crypto/signature.h"

#include <openssl/pem.h>  // first: what follows declares more when it is there

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <climits>
#include <memory>

namespace omadm {
namespace {

template <auto Free>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using Cms = std::unique_ptr<CMS_ContentInfo, FreeWith<CMS_ContentInfo_free>>;
using Store = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;

// What OpenSSL has to say, and the end of it.
std::string openssl_says(const char* otherwise) {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  const char* data = nullptr;
  int flags = 0;
  ERR_peek_last_error_data(&data, &flags);
  std::string text = reason == nullptr ? otherwise : reason;
  if (data != nullptr && (flags & ERR_TXT_STRING) != 0 && *data != '\0') text += std::string(" (") + data + ")";
  ERR_clear_error();
  return text;
}

Bio file_bio(const std::string& path) { return Bio(BIO_new_file(path.c_str(), "rb")); }

Result<Cms> parse_cms(Bytes octets) {
  if (octets.size() > INT_MAX) return Error{Errc::malformed, "signature: too long"};
  const int size = static_cast<int>(octets.size());
  const Bio der(BIO_new_mem_buf(octets.data(), size));
  Cms cms(der ? d2i_CMS_bio(der.get(), nullptr) : nullptr);
  if (!cms) {
    const Bio pem(BIO_new_mem_buf(octets.data(), size));
    cms.reset(pem ? PEM_read_bio_CMS(pem.get(), nullptr, nullptr, nullptr) : nullptr);
  }
  ERR_clear_error();
  if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) {
    return Error{Errc::malformed, "signature: no CMS SignedData in DER or PEM"};
  }
  return cms;
}

Result<Key> read_key(const std::string& path) {
  const Bio key_bio = file_bio(path);
  if (!key_bio) return Error{Errc::io, path + ": " + openssl_says("cannot be read")};
  Key key(PEM_read_bio_PUBKEY(key_bio.get(), nullptr, nullptr, nullptr));
  if (key) return key;
  const Bio certificate_bio = file_bio(path);
  const Certificate certificate(certificate_bio ? PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr)
                                                : nullptr);
  if (certificate) key.reset(X509_get_pubkey(certificate.get()));
  ERR_clear_error();
  if (!key) return Error{Errc::io, path + ": no public key and no certificate in PEM"};
  return key;
}

}  // namespace

Result<void> verify_cms(const std::string& file, Bytes cms_octets, const std::string& ca_file) {
  const Cms cms = DM_TRY(parse_cms(cms_octets));
  const Store store(X509_STORE_new());
  if (!store || X509_STORE_load_file(store.get(), ca_file.c_str()) != 1) {
    return Error{Errc::io, ca_file + ": " + openssl_says("no certificate in PEM")};
  }
  X509_STORE_set_purpose(store.get(), X509_PURPOSE_ANY);
  const Bio content = file_bio(file);
  if (!content) return Error{Errc::io, file + ": " + openssl_says("cannot be read")};
  const Bio nowhere(BIO_new(BIO_s_null()));
  // A signature that brings its own content says nothing about the file.
  if (CMS_is_detached(cms.get()) != 1) return Error{Errc::malformed, "signature: not detached"};
  if (CMS_verify(cms.get(), nullptr, store.get(), content.get(), nowhere.get(), CMS_BINARY) != 1) {
    return Error{Errc::authentication, "signature: " + openssl_says("not verified")};
  }
  return {};
}

Result<void> verify_signature(const std::string& file, Bytes signature, const std::string& key_file) {
  const Key key = DM_TRY(read_key(key_file));
  const Bio content = file_bio(file);
  if (!content) return Error{Errc::io, file + ": " + openssl_says("cannot be read")};
  const DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1) {
    return Error{Errc::io, key_file + ": " + openssl_says("not a key for signatures over SHA-256")};
  }
  std::array<unsigned char, 65536> buffer{};
  while (true) {
    std::size_t count = 0;
    if (BIO_read_ex(content.get(), buffer.data(), buffer.size(), &count) != 1) break;
    if (EVP_DigestVerifyUpdate(context.get(), buffer.data(), count) != 1) {
      return Error{Errc::io, key_file + ": " + openssl_says("digest")};
    }
  }
  std::array<unsigned char, 4096> octets{};
  if (signature.size() > octets.size()) return Error{Errc::malformed, "signature: too long"};
  std::copy(signature.begin(), signature.end(), octets.begin());
  if (EVP_DigestVerifyFinal(context.get(), octets.data(), signature.size()) != 1) {
    return Error{Errc::authentication, "signature: " + openssl_says("not by that key")};
  }
  return {};
}

}  // namespace omadm
