// Whether a file is signed by whom it should be.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

// Both read `file` in constant memory and block for as long as that takes: for the worker. Errors: authentication (not
// signed by that one, and why), malformed (no such signature), io (a file cannot be read).

// `cms`: a detached SignedData (RFC 5652) in DER or PEM. Its signer must have a certificate, in there, that leads to
// one of `ca_file` (PEM) and is valid now; what it may be used for is not looked at.
Result<void> verify_cms(const std::string& file, Bytes cms, const std::string& ca_file);

// `signature`: RSA (PKCS #1) or ECDSA over SHA-256. `key_file`: a public key or a certificate, in PEM.
Result<void> verify_signature(const std::string& file, Bytes signature, const std::string& key_file);

}  // namespace omadm
