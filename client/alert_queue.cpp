#include "client/alert_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "client/private_area.h"

namespace omadm {
namespace {

struct Field {
  std::string_view name;
  std::string GenericAlert::*member;
};
constexpr Field kFields[] = {{"ServerID", &GenericAlert::server_id}, {"Type", &GenericAlert::type},
                             {"Format", &GenericAlert::format},      {"Mark", &GenericAlert::mark},
                             {"Source", &GenericAlert::source},      {"Correlator", &GenericAlert::correlator},
                             {"Data", &GenericAlert::data}};

Uri queue_uri() { return private_uri({"alerts"}); }

// Names of equal length sort like their numbers.
Uri alert_uri(AlertQueue::Id id) { return queue_uri().child(fmt::format("{:020}", id)); }

}  // namespace

std::vector<std::pair<AlertQueue::Id, GenericAlert>> AlertQueue::all() const {
  std::vector<std::pair<Id, GenericAlert>> alerts;
  const Transaction transaction = tree_.begin(Principal::device());
  const auto queue = transaction.get(queue_uri());
  if (!queue) return alerts;
  for (const std::string& name : queue->children) {
    const auto id = parse_unsigned(name);
    if (!id) continue;
    GenericAlert alert;
    for (const Field& field : kFields) {
      auto leaf = transaction.get(queue_uri().child(name).child(field.name));
      if (leaf) alert.*field.member = std::move(leaf->data);
    }
    alerts.emplace_back(*id, std::move(alert));
  }
  return alerts;
}

Result<void> AlertQueue::add(const GenericAlert& alert) {
  Transaction transaction = tree_.begin(Principal::device(), {"device", {}, {}, {}, "generic alert"});
  DM_TRY(add(transaction, alert));
  DM_TRY(std::move(transaction).commit());
  return tree_.flush();
}

Result<void> AlertQueue::add(Transaction& transaction, const GenericAlert& alert) {
  if (alert.server_id.empty()) return Error{Errc::malformed, "an alert without server"};
  const auto waiting = all();
  const Id id = std::max(last_, waiting.empty() ? 0 : waiting.back().first) + 1;
  for (const Field& field : kFields) {
    if ((alert.*field.member).empty()) continue;
    DM_TRY(transaction.put(alert_uri(id).child(field.name), {Format::bin, std::nullopt, alert.*field.member}));
  }
  last_ = id;
  return {};
}

std::vector<std::pair<AlertQueue::Id, GenericAlert>> AlertQueue::owed_to(std::string_view server_id) const {
  auto alerts = all();
  std::erase_if(alerts, [server_id](const auto& entry) { return entry.second.server_id != server_id; });
  return alerts;
}

std::set<std::string> AlertQueue::servers() const {
  std::set<std::string> ids;
  for (auto& [id, alert] : all()) ids.insert(std::move(alert.server_id));
  return ids;
}

std::size_t AlertQueue::size() const {
  const auto queue = tree_.begin(Principal::device()).get(queue_uri());
  return queue ? queue->children.size() : 0;
}

void AlertQueue::answered(Id id, int status) {
  // 401 and 407 speak of the session, not of the alert: it is sent again after authentication.
  if (status == 401 || status == 407) return;
  if (status < 200 || status >= 300) {
    log_.write(LogLevel::warning, fmt::format("a generic alert was refused by the server with status {}", status));
  }
  for (const auto& [owed_id, alert] : all()) {
    if (owed_id == id) return close(id, alert);
  }
}

void AlertQueue::server_gone(std::string_view server_id) {
  for (const auto& [id, alert] : owed_to(server_id)) close(id, alert);
}

void AlertQueue::close(Id id, const GenericAlert& alert) {
  if (auto removed = remove(id); !removed) {
    log_.write(LogLevel::error, "a generic alert could not be removed: " + removed.error().detail);
  }
  if (closed_) closed_(alert);
}

Result<void> AlertQueue::remove(Id id) {
  Transaction transaction = tree_.begin(Principal::device(), {"device", {}, {}, {}, "alert closed"});
  DM_TRY(transaction.remove(alert_uri(id)));
  return std::move(transaction).commit();
}

}  // namespace omadm
