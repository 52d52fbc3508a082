// Octets of a bootstrap document to an account in the tree. [Boot12], [Boot13]; BOOT-040 … BOOT-064.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
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

// What the MAC of a document is checked with. [DMSEC] "Bootstrap via non-secure transport", [ProvBoot] "Security";
// BOOT-030 … BOOT-037, BOOT-053 … BOOT-056.
struct BootstrapSecrets {
  std::optional<Secret> pin;      // as the user types it
  std::optional<Secret> network;  // known to device and network: the digits of the IMSI
};

// By which way a document came. It is remembered for each account (BOOT-074).
enum class BootstrapSource : std::uint8_t { file, push, https, smartcard, factory };
std::string_view to_string(BootstrapSource source) noexcept;  // as spelled above

// How sure it is who sent a document. Later ones are stronger.
enum class BootstrapProof : std::uint8_t {
  pin,
  network,
  pin_and_network,
  channel,  // no MAC was needed: TLS, a card, or a person at the device vouches for it
};

struct BootstrapOrigin {
  BootstrapSource source = BootstrapSource::file;
  std::string card;      // ICCID, of BootstrapSource::smartcard
  bool offline = false;  // leads to a server of the local link; on-line ones go first (MCPTT-014)
  // Whether the user agrees that a server whose account was proved better changes it (BOOT-061). None: nobody does.
  std::function<bool(std::string_view server_id)> confirm;
  bool dry_run = false;  // everything but the commit: the tree stays as it is
};

struct BootstrapOutcome {
  std::vector<std::string> server_ids;  // accounts installed or updated
  std::vector<Uri> accounts;            // their <X>
  std::vector<std::string> notes;       // what was left out and why, for the log
};

std::string document_digest(Bytes octets);  // as it is remembered of each account: SHA-256, hexadecimal

// Whether a bearer that tells of this type delivers a bootstrap document. `content_type` may have parameters.
bool is_bootstrap_type(std::string_view content_type);

// What it takes to check the MAC of a document; no MAC: nothing. authentication: SEC or MAC cannot be right; malformed,
// unsupported: whatever its MAC, it is none.
struct BootstrapNeeds {
  bool mac = false, pin = false, network = false;
};
Result<BootstrapNeeds> bootstrap_needs(const BootstrapDocument& document);

// Takes TNDS or an OMA Client Provisioning document in XML or WBXML, or TNDS in a SyncML bootstrap message,
// applies it with the rights of the device and commits: all or nothing (BOOT-049), flushed on return. Nothing is
// ever answered (BOOT-042). malformed, bad_format, authentication (MAC or PIN), unsupported (another document),
// incomplete (no account in it), permission_denied (proved worse than what it would change), and the errors of the
// tree. A content type with SEC needs the secrets that SEC names. Without, the document is taken as it is, for callers
// decide whom they trust; only a pushed one is refused (BOOT-035, BOOT-053).
Result<BootstrapOutcome> install_bootstrap(Tree& tree, const BootstrapDocument& document,
                                           const BootstrapSecrets& secrets = {}, const BootstrapOrigin& origin = {});

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
