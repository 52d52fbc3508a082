#include "bootstrap/message_mac.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "bootstrap/imsi.h"

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

Result<Method> method_of(const ContentType& type) {
  const std::string* const sec = type.parameter("sec");
  if (sec == nullptr || type.parameter("mac") == nullptr) return refused("SEC and MAC come together or not at all");
  const auto row = std::find_if(kMethods.begin(), kMethods.end(), [&](const MethodRow& candidate) {
    return equals_ignoring_case(*sec, candidate.word) || *sec == candidate.number ||
           equals_ignoring_case(*sec, candidate.provisioning_word);
  });
  if (row == kMethods.end()) return refused("unknown SEC");
  return row->method;
}

Result<Octets> wanted_mac(const ContentType& type) {
  Result<Octets> wanted = hex_decode(*type.parameter("mac"));
  if (!wanted || wanted->size() != kSha1Size) return refused("MAC is not 40 hexadecimal digits");
  return wanted;
}

}  // namespace

Result<BootstrapNeeds> message_needs(const ContentType& type) {
  BootstrapNeeds needs;
  if (type.parameter("sec") == nullptr && type.parameter("mac") == nullptr) return needs;
  const Method method = DM_TRY(method_of(type));
  DM_TRY(wanted_mac(type));
  needs.mac = true;
  needs.pin = method != Method::network;
  needs.network = method != Method::pin;
  return needs;
}

Result<BootstrapProof> check_message_mac(const ContentType& type, Bytes octets, const BootstrapSecrets& secrets) {
  if (!DM_TRY(message_needs(type)).mac) return BootstrapProof::channel;
  const Method method = DM_TRY(method_of(type));
  const Octets wanted = DM_TRY(wanted_mac(type));
  bool fits = false;
  for (const Secret& key : DM_TRY(keys_for(method, secrets))) {
    fits |= equal_in_constant_time(hmac_sha1(key.view(), octets), wanted);
  }
  if (!fits) return refused("the MAC does not fit");
  return method == Method::network ? BootstrapProof::network
         : method == Method::pin   ? BootstrapProof::pin
                                   : BootstrapProof::pin_and_network;
}

}  // namespace omadm
