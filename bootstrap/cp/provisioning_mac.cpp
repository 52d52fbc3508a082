#include "bootstrap/cp/provisioning_mac.h"

#include <algorithm>
#include <array>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "bootstrap/imsi.h"

namespace omadm {
namespace {

enum class Method : std::uint8_t { netwpin, userpin, usernetwpin, userpinmac };

struct MethodRow {
  std::string_view word, number;
  Method method;
  BootstrapProof proof;
};
constexpr std::array kMethods{
    MethodRow{"NETWPIN", "0", Method::netwpin, BootstrapProof::network},
    MethodRow{"USERPIN", "1", Method::userpin, BootstrapProof::pin},
    MethodRow{"USERNETWPIN", "2", Method::usernetwpin, BootstrapProof::pin_and_network},
    MethodRow{"USERPINMAC", "3", Method::userpinmac, BootstrapProof::pin},
};
constexpr std::size_t kShortestPinMac = 10;  // digits

Error refused(std::string_view why) { return {Errc::authentication, std::string(why)}; }

bool is_decimal(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<MethodRow> method_of(const ContentType& type) {
  const std::string* const sec = type.parameter("sec");
  if (sec == nullptr) return refused("a MAC without SEC");
  const auto row = std::find_if(kMethods.begin(), kMethods.end(), [&](const MethodRow& candidate) {
    return equals_ignoring_case(*sec, candidate.word) || *sec == candidate.number;
  });
  if (row == kMethods.end()) return refused("unknown SEC");
  return *row;
}

Result<Octets> wanted_mac(const ContentType& type) {
  const std::string* const mac = type.parameter("mac");
  if (mac == nullptr) return refused("SEC without MAC");
  Result<Octets> wanted = hex_decode(*mac);
  if (!wanted || wanted->size() != kSha1Size) return refused("MAC is not 40 hexadecimal digits");
  return wanted;
}

// The user typed a key and, behind it, as many digits of what it makes of the document (BOOT-031).
Result<void> check_pin_mac(std::string_view typed, Bytes octets) {
  if (!is_decimal(typed) || typed.size() < kShortestPinMac || typed.size() % 2 != 0) {
    return refused("the PIN is not an even number of digits, ten at least");
  }
  const std::string_view key = typed.substr(0, typed.size() / 2);
  const Octets digest = hmac_sha1(key, octets);
  if (key.size() > digest.size()) return refused("the PIN is too long");
  Octets digits;
  for (std::size_t i = 0; i < key.size(); ++i) {
    digits.push_back(static_cast<char>(static_cast<unsigned char>(digest[i]) % 10 + '0'));
  }
  const bool fits = equal_in_constant_time(digits, typed.substr(key.size()));
  return fits ? Result<void>() : refused("the PIN does not fit the document");
}

}  // namespace

Result<BootstrapNeeds> provisioning_needs(const ContentType& type) {
  BootstrapNeeds needs;
  if (type.parameter("sec") == nullptr && type.parameter("mac") == nullptr) return needs;
  const MethodRow row = DM_TRY(method_of(type));
  needs.mac = true;
  needs.pin = row.method != Method::netwpin;
  needs.network = row.method == Method::netwpin || row.method == Method::usernetwpin;
  if (row.method != Method::userpinmac) DM_TRY(wanted_mac(type));  // its MAC is in what the user types
  return needs;
}

Result<BootstrapProof> check_provisioning_mac(const ContentType& type, Bytes octets, const BootstrapSecrets& secrets) {
  const BootstrapNeeds needs = DM_TRY(provisioning_needs(type));
  const MethodRow row = DM_TRY(method_of(type));
  if (needs.pin && (!secrets.pin || secrets.pin->empty())) return refused("the message needs the user's PIN");
  if (needs.network && (!secrets.network || !is_decimal(secrets.network->view()))) {
    return refused("the message needs the network's secret, the IMSI");
  }
  if (row.method == Method::userpinmac) {
    DM_TRY(check_pin_mac(secrets.pin->view(), octets));
    return row.proof;
  }
  Octets key;
  if (needs.network) key += imsi_semi_octets(secrets.network->view());
  if (needs.pin) key += secrets.pin->view();
  const Octets made = hmac_sha1(key, octets);
  wipe(key);
  if (!equal_in_constant_time(made, DM_TRY(wanted_mac(type)))) return refused("the MAC does not fit");
  return row.proof;
}

}  // namespace omadm
