#include "bootstrap/message_mac.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/crypto/digest.h"
#include "base/text.h"

namespace omadm {
namespace {

enum class Method : std::uint8_t { network, pin, pin_and_network };

// Numbers as WSP has them, and the words Client Provisioning uses for the same kind of secret.
struct MethodRow {
  std::string_view word, number, provisioning_word;
  Method method;
};
constexpr std::array kMethods{
    MethodRow{"NETWORKID", "0", "NETWPIN", Method::network},
    MethodRow{"USERPIN", "1", "USERPIN", Method::pin},
    MethodRow{"USERPIN_NETWORKID", "2", "USERNETWPIN", Method::pin_and_network},
};

Error refused(std::string_view why) { return {Errc::authentication, std::string(why)}; }

bool is_decimal(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The octet form of an IMSI is not settled (BOOT-054): both are tried.
std::vector<Secret> network_keys(const Secret& network) {
  std::vector<Secret> keys;
  if (is_decimal(network.view())) keys.emplace_back(imsi_semi_octets(network.view()));
  keys.push_back(network);
  return keys;
}

Result<std::vector<Secret>> keys_for(Method method, const BootstrapSecrets& secrets) {
  const bool needs_pin = method != Method::network;
  const bool needs_network = method != Method::pin;
  if (needs_pin && (!secrets.pin || secrets.pin->empty())) return refused("the message needs the user's PIN");
  if (needs_network && (!secrets.network || secrets.network->empty())) {
    return refused("the message needs the network's secret, the IMSI");
  }
  if (method == Method::pin) return std::vector<Secret>{*secrets.pin};
  std::vector<Secret> keys = network_keys(*secrets.network);
  if (method == Method::network) return keys;
  for (Secret& key : keys) {  // PIN:secret (BOOT-055)
    Octets joined(secrets.pin->view());
    joined += ':';
    joined += key.view();
    key = Secret(std::move(joined));
  }
  return keys;
}

}  // namespace

Octets imsi_semi_octets(std::string_view digits) {
  std::vector<unsigned> nibbles{digits.size() % 2 == 1 ? 0x9U : 0x1U};
  for (const char digit : digits) nibbles.push_back(static_cast<unsigned>(digit - '0') & 0x0FU);
  if (nibbles.size() % 2 == 1) nibbles.push_back(0xFU);
  Octets octets;
  for (std::size_t i = 0; i < nibbles.size(); i += 2) {
    octets.push_back(static_cast<char>(nibbles[i + 1] << 4U | nibbles[i]));
  }
  return octets;
}

Result<void> check_message_mac(const ContentType& type, Bytes octets, const BootstrapSecrets& secrets) {
  const std::string* sec = type.parameter("sec");
  const std::string* mac = type.parameter("mac");
  if (sec == nullptr && mac == nullptr) return {};
  if (sec == nullptr || mac == nullptr) return refused("SEC and MAC come together or not at all");
  const auto row = std::find_if(kMethods.begin(), kMethods.end(), [&](const MethodRow& candidate) {
    return equals_ignoring_case(*sec, candidate.word) || *sec == candidate.number ||
           equals_ignoring_case(*sec, candidate.provisioning_word);
  });
  if (row == kMethods.end()) return refused("unknown SEC");
  const Result<Octets> wanted = hex_decode(*mac);
  if (!wanted || wanted->size() != kSha1Size) return refused("MAC is not 40 hexadecimal digits");
  bool fits = false;
  for (const Secret& key : DM_TRY(keys_for(row->method, secrets))) {
    fits |= equal_in_constant_time(hmac_sha1(key.view(), octets), *wanted);
  }
  return fits ? Result<void>() : refused("the MAC does not fit");
}

}  // namespace omadm
