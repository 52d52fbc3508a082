// Octets of a bootstrap document to an account in the tree. [Boot12], [Boot13]; BOOT-040 … BOOT-064.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/crypto/secret.h"
#include "base/result.h"
#include "dmtree/tree.h"

namespace omadm {

struct BootstrapDocument {
  Octets octets;
  std::string content_type;  // with its parameters (SEC, MAC); empty: recognised by content
};

// What the MAC of a document is checked with. [DMSEC] "Bootstrap via non-secure transport"; BOOT-053 … BOOT-056.
struct BootstrapSecrets {
  std::optional<Secret> pin;      // as the user types it
  std::optional<Secret> network;  // known to device and network: the digits of the IMSI
};

struct BootstrapOutcome {
  std::vector<std::string> server_ids;  // accounts installed or updated
  std::vector<Uri> accounts;            // their <X>
};

// Takes TNDS in XML or WBXML, bare or in a SyncML bootstrap message, applies it with the rights of
// the device and commits: all or nothing (BOOT-049), flushed on return. Nothing is ever answered
// (BOOT-042). malformed, bad_format, authentication (MAC or PIN), unsupported (another document),
// incomplete (no account in it), and the errors of the tree. A content type with SEC and MAC needs the
// secret that SEC names; one without them is taken as it is, for callers decide whom they trust.
Result<BootstrapOutcome> install_bootstrap(Tree& tree, const BootstrapDocument& document,
                                           const BootstrapSecrets& secrets = {});

// The request of [Boot13] client initiated bootstrap: multipart/form-data, BOOT-082 … BOOT-084.
struct BootstrapRequestFields {
  std::string device_id;
  std::string username;  // empty: neither this nor the passphrase is sent
  Octets passphrase;
  std::string push_address;  // empty: not sent
};
struct MultipartBody {
  std::string content_type;  // "multipart/form-data; boundary=…"
  Octets body;
};
// `boundary` empty: a random one that occurs in no value. incomplete: no device id, or a user without passphrase.
Result<MultipartBody> bootstrap_request(const BootstrapRequestFields& fields, std::string boundary = {});

}  // namespace omadm
