// A Package#0, bare or as a bearer wraps it, field by field.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm::trace {

enum class Bearer : unsigned char { none, wsp, oma_push };

struct NotificationField {
  std::size_t offset = 0;
  std::string key;               // in JSON
  std::string label;             // for people
  nlohmann::ordered_json value;  // in JSON
  std::string text;              // for people, on one line
};

struct Notification {
  Bearer bearer = Bearer::none;
  std::size_t octets = 0;
  std::vector<NotificationField> fields;  // as far as they could be read
  std::optional<Error> error;
};

// What `octets` are taken for; nullopt: nothing like a notification.
std::optional<Bearer> recognise_notification(Bytes octets);
Notification read_notification(Bytes octets, Bearer bearer);

std::string print_notification(const Notification& notification, std::size_t indent, bool offsets);
nlohmann::ordered_json json_of_notification(const Notification& notification, bool offsets);

}  // namespace omadm::trace
