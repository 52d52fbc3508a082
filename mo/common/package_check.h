// Who vouches for a package before it is installed.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

// By whom packages must be signed. The first that is set counts; with none of them nothing is ever installed.
struct PackageTrust {
  std::string certificate_file;   // PEM: a detached CMS signature by a certificate this one, or one of these, issued
  std::string public_key_file;    // PEM, a key or certificate: a detached signature over SHA-256
  bool installer_checks = false;  // what installs verifies the package itself
  bool unverified = false;        // nobody does, and that is all right

  bool wants_signature() const noexcept { return !certificate_file.empty() || !public_key_file.empty(); }
};

// The file as it should be; empty parts are not looked at.
struct PackageClaim {
  std::string path;
  std::uint64_t size = 0;  // octets
  std::string sha256;      // hexadecimal, of either case
  Octets signature;
  bool signed_before = false;  // its signature was good already: only the rest is looked at
};

// Reads the whole file: for the worker. In this order (FUMO-068): corrupt (size, then digest), authentication (not
// signed, or not by whom it should be), io. Without sha256 and signature nothing is read.
Result<void> check_package(const PackageTrust& trust, const PackageClaim& claim);

// Where the signature of a package is when nobody says so: ".sig" behind the path of its URL.
std::string signature_url(const std::string& package_url);

}  // namespace omadm
