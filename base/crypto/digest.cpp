#include "base/crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

namespace omadm {
namespace {

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "omadm: OpenSSL offers no %s; install OpenSSL 3 with its default provider\n", what);
  std::abort();
}

struct FreeDigestContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigestContext>;

// The private library context. Nothing in it changes after construction. It is never freed: digests
// may still be taken while other statics are destroyed.
class Library {
 public:
  static const Library& instance() {
    static const Library* const library = new Library;
    return *library;
  }
  const EVP_MD* md5() const noexcept { return md5_; }
  const EVP_MD* sha1() const noexcept { return sha1_; }
  const EVP_MD* sha256() const noexcept { return sha256_; }
  OSSL_LIB_CTX* context() const noexcept { return context_; }

 private:
  // A context of our own reads no openssl.cnf, so a system-wide FIPS policy does not reach it and the
  // default provider, which has MD5, answers.
  Library() : context_(OSSL_LIB_CTX_new()) {
    if (context_ == nullptr || OSSL_PROVIDER_load(context_, "default") == nullptr) die("default provider");
    md5_ = fetch("MD5");
    sha1_ = fetch("SHA1");
    sha256_ = fetch("SHA256");
  }
  const EVP_MD* fetch(const char* name) const {
    const EVP_MD* const digest = EVP_MD_fetch(context_, name, "provider=default");
    if (digest == nullptr) die(name);
    return digest;
  }

  OSSL_LIB_CTX* context_;
  const EVP_MD* md5_ = nullptr;
  const EVP_MD* sha1_ = nullptr;
  const EVP_MD* sha256_ = nullptr;
};

DigestContext begin(const EVP_MD* digest) {
  DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex2(context.get(), digest, nullptr) != 1) die("digest context");
  return context;
}

void update(EVP_MD_CTX* context, Bytes octets) {
  if (EVP_DigestUpdate(context, octets.data(), octets.size()) != 1) die("digest");
}

Octets finish(EVP_MD_CTX* context) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context, out, &size) != 1) die("digest");
  return {out, out + size};
}

Octets digest_of(const EVP_MD* digest, Bytes first, Bytes second = {}) {
  const DigestContext context = begin(digest);
  update(context.get(), first);
  update(context.get(), second);
  return finish(context.get());
}

}  // namespace

Octets md5(Bytes octets) { return digest_of(Library::instance().md5(), octets); }

Octets sha1(Bytes octets) { return digest_of(Library::instance().sha1(), octets); }

Octets sha256(Bytes octets) { return digest_of(Library::instance().sha256(), octets); }

// Written out over our own SHA-1: OpenSSL's HMAC refuses short keys under a FIPS policy, and PINs are short.
Octets hmac_sha1(Bytes key, Bytes octets) {
  constexpr std::size_t block = 64;
  Octets padded = key.size() > block ? sha1(key) : Octets(key);
  padded.resize(block, '\0');
  Octets inner = padded;
  for (char& c : inner) c = static_cast<char>(static_cast<unsigned char>(c) ^ 0x36U);
  for (char& c : padded) c = static_cast<char>(static_cast<unsigned char>(c) ^ 0x5CU);
  Octets mac = digest_of(Library::instance().sha1(), padded, digest_of(Library::instance().sha1(), inner, octets));
  OPENSSL_cleanse(inner.data(), inner.size());
  OPENSSL_cleanse(padded.data(), padded.size());
  return mac;
}

struct Sha256Stream::Impl {
  DigestContext context = begin(Library::instance().sha256());
};

Sha256Stream::Sha256Stream() : impl_(std::make_unique<Impl>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(Bytes octets) { omadm::update(impl_->context.get(), octets); }

Octets Sha256Stream::finish() { return omadm::finish(impl_->context.get()); }

bool equal_in_constant_time(Bytes a, Bytes b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Octets random_octets(std::size_t count) {
  Octets octets(count, '\0');
  unsigned char chunk[256];
  for (std::size_t done = 0; done < count;) {
    const std::size_t part = count - done < sizeof chunk ? count - done : sizeof chunk;
    if (RAND_bytes_ex(Library::instance().context(), chunk, part, 0) != 1) die("random numbers");
    for (std::size_t i = 0; i < part; ++i) octets[done + i] = static_cast<char>(chunk[i]);
    done += part;
  }
  OPENSSL_cleanse(chunk, sizeof chunk);
  return octets;
}

std::uint32_t random_below(std::uint32_t bound) {
  if (bound < 2) return 0;
  // The last, incomplete stretch of the range would favour small values: draw again.
  const std::uint32_t usable = 0xFFFFFFFFU - (0xFFFFFFFFU % bound);
  while (true) {
    const Octets octets = random_octets(4);
    std::uint32_t value = 0;
    for (const char c : octets) value = value << 8U | static_cast<unsigned char>(c);
    if (value < usable) return value % bound;
  }
}

}  // namespace omadm
