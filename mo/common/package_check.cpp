#include "mo/common/package_check.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "base/crypto/digest.h"
#include "base/crypto/signature.h"
#include "base/text.h"

namespace omadm {
namespace {

Result<std::string> digest_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  Sha256Stream digest;
  std::array<char, 65536> buffer{};
  while (in) {
    in.read(buffer.data(), buffer.size());
    digest.update({buffer.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (!in.eof()) return Error{Errc::io, path + ": cannot be read"};
  return hex_encode(digest.finish());
}

Result<void> check_signature(const PackageTrust& trust, const PackageClaim& claim) {
  if (!trust.wants_signature()) {
    if (trust.installer_checks || trust.unverified) return {};
    return Error{Errc::authentication, "nothing says by whom packages must be signed"};
  }
  if (claim.signature.empty()) return Error{Errc::authentication, "the package is not signed"};
  Result<void> verified;
  if (!trust.certificate_file.empty()) {
    verified = verify_cms(claim.path, claim.signature, trust.certificate_file);
  } else {
    verified = verify_signature(claim.path, claim.signature, trust.public_key_file);
  }
  if (!verified && verified.error().code == Errc::malformed) verified.error().code = Errc::authentication;
  return verified;
}

}  // namespace

Result<void> check_package(const PackageTrust& trust, const PackageClaim& claim) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(claim.path, failed);
  if (failed) return Error{Errc::corrupt, "the package is gone"};
  if (size == 0 || size != claim.size) {
    return Error{Errc::corrupt, "the package is empty or cut off: " + std::to_string(size) + " octets"};
  }
  if (!claim.sha256.empty()) {
    const std::string digest = DM_TRY(digest_of_file(claim.path));
    if (digest != to_lower(claim.sha256)) return Error{Errc::corrupt, "the package has another SHA-256: " + digest};
  }
  return claim.signed_before ? Result<void>() : check_signature(trust, claim);
}

std::string signature_url(const std::string& package_url) {
  const std::size_t end = std::min(package_url.find('?'), package_url.find('#'));
  if (end == std::string::npos) return package_url + ".sig";
  return package_url.substr(0, end) + ".sig" + package_url.substr(end);
}

}  // namespace omadm
