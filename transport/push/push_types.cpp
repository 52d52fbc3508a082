#include "transport/push/push_types.h"

#include "base/ports/push_listener.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxNotification = 1024;  // octets

struct KnownType {
  std::string_view name;
  PushType type;
};
constexpr KnownType kKnown[] = {
    {"application/vnd.syncml.notification", PushType::notification},
    {"application/vnd.oma.push", PushType::envelope},
    {"application/vnd.wap.connectivity-wbxml", PushType::document},
    {"text/vnd.wap.connectivity-xml", PushType::document},
    {"application/vnd.syncml.dm+wbxml", PushType::document},
    {"application/vnd.syncml.dm+xml", PushType::document},
    {"application/vnd.syncml.dmtnds+wbxml", PushType::document},
    {"application/vnd.syncml.dmtnds+xml", PushType::document},
};

std::string all_types() {
  std::string list;
  for (const KnownType& known : kKnown) list.append(list.empty() ? "" : ", ").append(known.name);
  return list;
}

}  // namespace

PushType push_type(std::string_view content_type) noexcept {
  const std::string_view name = trim(content_type.substr(0, content_type.find(';')));
  for (const KnownType& known : kKnown) {
    if (equals_ignoring_case(name, known.name)) return known.type;
  }
  return PushType::other;
}

std::size_t max_push_octets(PushType type) noexcept {
  if (type == PushType::other) return 0;
  return type == PushType::notification ? kMaxNotification : kMaxPush;
}

const std::string& accepted_push_types() {
  static const std::string types = all_types();
  return types;
}

}  // namespace omadm
