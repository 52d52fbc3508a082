// One captured document, whatever it is.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "tools/dm-trace/markup_tree.h"
#include "tools/dm-trace/notification.h"

namespace omadm::trace {

enum class Engine : unsigned char { own, libwbxml };
enum class Kind : unsigned char { syncml, tnds, ddf, provisioning, other_markup, notification, unknown };

struct Capture {
  Kind kind = Kind::unknown;
  Engine engine = Engine::own;  // libwbxml only for WBXML
  std::size_t octets = 0;
  std::optional<MarkupDocument> markup;  // values opened, secrets hidden
  std::optional<Notification> notification;
  std::string pushed_as;       // of a bootstrap document in a push: its content type, SEC and MAC with it
  Octets first;                // of what is not known: a few octets to tell it by
  std::optional<Error> error;  // damaged, or not one of ours
};

// nullopt: neither XML nor WBXML. Also for documents that break off in their first octets.
std::optional<Encoding> recognise_markup(Bytes octets);

// Reads what `octets` hold. `engine` reads WBXML; everything else is read by us.
Capture read_capture(Bytes octets, Engine engine, const Limits& limits);

std::string print_capture(const Capture& capture, std::size_t indent, bool offsets);
nlohmann::ordered_json json_of_capture(const Capture& capture, bool offsets);
std::string_view describe(Kind kind) noexcept;  // "SyncML message" …

}  // namespace omadm::trace
