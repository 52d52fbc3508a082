#include "mo/fumo/operation_record.h"

#include <array>

#include "base/text.h"
#include "mo/common/stored_values.h"

namespace omadm {
namespace {

struct KindRow {
  UpdateKind kind;
  std::string_view node;
  std::string_view word;
};
constexpr std::array kKinds{
    KindRow{UpdateKind::none, "", ""},
    KindRow{UpdateKind::download, "Download", "download"},
    KindRow{UpdateKind::update, "Update", "update"},
    KindRow{UpdateKind::download_and_update, "DownloadAndUpdate", "downloadandupdate"},
};

struct TextField {
  std::string_view name;
  std::string OperationRecord::*member;
};
constexpr std::array kTexts{
    TextField{"server", &OperationRecord::server_id},
    TextField{"correlator", &OperationRecord::correlator},
    TextField{"url", &OperationRecord::url},
    TextField{"file", &OperationRecord::file},
    TextField{"sha256", &OperationRecord::sha256},
    TextField{"package_url", &OperationRecord::package_url},
    TextField{"notify_url", &OperationRecord::notify_url},
    TextField{"base", &OperationRecord::base},
    TextField{"version", &OperationRecord::version},
};

struct FlagField {
  std::string_view name;
  bool OperationRecord::*member;
};
constexpr std::array kFlags{
    FlagField{"reported", &OperationRecord::reported},
    FlagField{"consented", &OperationRecord::consented},
    FlagField{"begun", &OperationRecord::begun},
    FlagField{"restarting", &OperationRecord::restarting},
};

Uri record_uri(std::string_view x) { return Uri().child(kPrivateRoot).child("fumo").child(x); }

std::uint64_t number(const Octets& text) { return parse_unsigned(text).value_or(0); }

}  // namespace

UpdateKind update_kind_from(std::string_view node_name) noexcept {
  for (const KindRow& row : kKinds) {
    if (row.kind != UpdateKind::none && row.node == node_name) return row.kind;
  }
  return UpdateKind::none;
}

std::string_view to_string(UpdateKind kind) noexcept { return kKinds[static_cast<std::size_t>(kind)].word; }

OperationRecord read_operation(const Transaction& device, std::string_view x) {
  const Uri root = record_uri(x);
  OperationRecord record;
  for (const TextField& field : kTexts) record.*field.member = stored_value(device, root.child(field.name));
  const Octets kind = stored_value(device, root.child("kind"));
  for (const KindRow& row : kKinds) {
    if (row.word == kind) record.kind = row.kind;
  }
  record.result = static_cast<UpdateResult>(number(stored_value(device, root.child("result"))));
  for (const FlagField& field : kFlags) record.*field.member = stored_value(device, root.child(field.name)) == "1";
  record.accepted_at = parse_signed(stored_value(device, root.child("accepted_at"))).value_or(0);
  record.postponed = static_cast<unsigned>(number(stored_value(device, root.child("postponed"))));
  record.size = number(stored_value(device, root.child("size")));
  record.finished = number(stored_value(device, root.child("finished")));
  return record;
}

Result<void> write_operation(Transaction& device, std::string_view x, const OperationRecord& record) {
  const Uri root = record_uri(x);
  const auto put = [&](std::string_view name, Octets value) -> Result<void> {
    if (device.exists(root.child(name)) && stored_value(device, root.child(name)) == value) return {};
    return device.put(root.child(name), {Format::bin, std::nullopt, std::move(value)});
  };
  for (const TextField& field : kTexts) DM_TRY(put(field.name, record.*field.member));
  DM_TRY(put("kind", Octets(to_string(record.kind))));
  DM_TRY(put("result", std::to_string(static_cast<unsigned>(record.result))));
  for (const FlagField& field : kFlags) DM_TRY(put(field.name, record.*field.member ? "1" : "0"));
  DM_TRY(put("accepted_at", std::to_string(record.accepted_at)));
  DM_TRY(put("postponed", std::to_string(record.postponed)));
  DM_TRY(put("finished", std::to_string(record.finished)));
  return put("size", std::to_string(record.size));
}

bool is_owed(const OperationRecord& record) noexcept {
  return record.kind != UpdateKind::none && record.result != UpdateResult::none && !record.reported;
}

Result<void> remove_operation(Transaction& device, std::string_view x) {
  if (!device.exists(record_uri(x))) return {};
  return device.remove(record_uri(x));
}

GenericAlert report_of(const OperationRecord& record, const Uri& x_uri, bool with_domain_prefix) {
  GenericAlert alert;
  alert.server_id = record.server_id;
  alert.type = with_domain_prefix ? "Reversed-Domain-Name: " : "";
  alert.type += "org.openmobilealliance.dm.firmwareupdate.";
  alert.type += to_string(record.kind);
  alert.format = "int";
  alert.mark = is_success(record.result) ? "" : "critical";
  alert.source = x_uri.str();
  alert.correlator = record.correlator;
  alert.data = std::to_string(static_cast<unsigned>(record.result));
  return alert;
}

}  // namespace omadm
