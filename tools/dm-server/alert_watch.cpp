#include "tools/dm-server/alert_watch.h"

#include "tools/dm-server/expectation.h"

namespace omadm::server {
namespace {

constexpr std::string_view kTypePrefix = "Reversed-Domain-Name:";

// FUMO types come bare or with the prefix of generic alerts (PRO-302).
std::string_view bare_type(std::string_view type) {
  if (!type.starts_with(kTypePrefix)) return type;
  type.remove_prefix(kTypePrefix.size());
  while (type.starts_with(" ")) type.remove_prefix(1);
  return type;
}

std::string told(const AlertSeen& alert) {
  std::string text = alert.code;
  if (!alert.type.empty()) text += " " + alert.type;
  if (!alert.source.empty()) text += " " + alert.source;
  if (!alert.data.empty()) text += " \"" + alert.data.substr(0, 60) + "\"";
  if (!alert.correlator.empty()) text += " correlator " + alert.correlator;
  return text;
}

}  // namespace

AlertWatch::AlertWatch(const std::vector<AlertScript>& expected, const Variables& variables)
    : expected_(expected), variables_(variables), met_(expected.size(), false) {}

bool AlertWatch::fits(const AlertScript& expected, const AlertSeen& alert) const {
  const auto same = [&](const std::optional<std::string>& wanted, std::string_view given) {
    if (!wanted) return true;
    const Result<std::string> text = variables_.expand(*wanted);
    return text && *text == given;
  };
  if (expected.code != alert.code) return false;
  if (expected.type && bare_type(*expected.type) != bare_type(alert.type)) return false;
  if (expected.matches && !matches(alert.data, *expected.matches)) return false;
  return same(expected.data, alert.data) && same(expected.source, alert.source) &&
         same(expected.correlator, alert.correlator) && same(expected.mark, alert.mark);
}

std::optional<int> AlertWatch::offer(const AlertSeen& alert) {
  seen_.push_back(alert);
  for (std::size_t i = 0; i < expected_.size(); ++i) {
    if (met_[i] || !fits(expected_[i], alert)) continue;
    met_[i] = true;
    return expected_[i].status;
  }
  return std::nullopt;
}

std::vector<std::string> AlertWatch::missing() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < expected_.size(); ++i) {
    if (met_[i]) continue;
    const AlertScript& wanted = expected_[i];
    std::string text = "no alert " + told(AlertSeen{wanted.code, wanted.type.value_or(""), wanted.source.value_or(""),
                                                    wanted.correlator.value_or(""), "", wanted.data.value_or("")});
    for (const AlertSeen& alert : seen_) text += "; seen: " + told(alert);
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace omadm::server
