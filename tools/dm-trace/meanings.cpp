#include "tools/dm-trace/meanings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "syncml/codec/command_names.h"
#include "syncml/session/status_map.h"
#include "tools/common/readable.h"

namespace omadm::trace {
namespace {

struct Row {
  unsigned code;
  std::string_view meaning;
};

// [DMRepPro] "Alert Types".
constexpr std::array kAlerts{
    Row{1100, "display"},
    Row{1101, "confirm or reject"},
    Row{1102, "text input"},
    Row{1103, "single choice"},
    Row{1104, "multiple choice"},
    Row{1200, "server-initiated session"},
    Row{1201, "client-initiated session"},
    Row{1222, "next message"},
    Row{1223, "session abort"},
    Row{1224, "client event"},
    Row{1225, "no end of data"},
    Row{1226, "generic alert"},
};

// Codes of [SyncML RepPro] that a DM client never sends, yet may meet.
constexpr std::array kFurtherStatuses{
    Row{101, "In progress"},
    Row{201, "Item added"},
    Row{203, "Non-authoritative response"},
    Row{204, "No content"},
    Row{205, "Reset content"},
    Row{206, "Partial content"},
    Row{300, "Multiple choices"},
    Row{301, "Moved permanently"},
    Row{302, "Found"},
    Row{303, "See other"},
    Row{305, "Use proxy"},
    Row{402, "Payment required"},
    Row{408, "Request timeout"},
    Row{409, "Conflict"},
    Row{410, "Gone"},
    Row{416, "Requested size too big"},
    Row{417, "Retry later"},
    Row{419, "Conflict resolved with server data"},
    Row{501, "Command not implemented"},
    Row{502, "Bad gateway"},
    Row{503, "Service unavailable"},
    Row{504, "Gateway timeout"},
    Row{506, "Processing error"},
    Row{508, "Refresh required"},
    Row{511, "Server failure"},
    Row{512, "Synchronization failed"},
    Row{514, "Operation cancelled"},
    Row{516, "Atomic roll back failed"},
    Row{517, "Atomic response too large to fit"},
};

constexpr std::array kUiModes{
    Row{0, "not specified"},
    Row{1, "background"},
    Row{2, "informative"},
    Row{3, "user interaction"},
};

template <std::size_t N>
std::string_view find(const std::array<Row, N>& rows, std::uint64_t code) noexcept {
  const auto found = std::find_if(rows.begin(), rows.end(), [code](const Row& row) { return row.code == code; });
  return found == rows.end() ? std::string_view() : found->meaning;
}

bool is_command(const MarkupNode& node) noexcept { return command_of(node.element).has_value(); }

std::string answered(const MarkupNode& node) {
  const std::string_view command = node.text_of("Cmd");
  std::string text = command.empty() ? "" : " " + one_line(command);
  // Number 0 is the header itself.
  if (command != "SyncHdr") text += " " + one_line(node.text_of("CmdRef"));
  return text + " of message " + one_line(node.text_of("MsgRef"));
}

std::string coded(std::string_view code, std::string_view meaning) {
  return one_line(code) + (meaning.empty() ? "" : " " + std::string(meaning));
}

}  // namespace

std::string_view status_meaning(std::string_view code) noexcept {
  const std::optional<std::uint64_t> number = parse_unsigned(trim(code));
  if (!number || *number > 999) return {};
  const std::string_view known = meaning(static_cast<int>(*number));
  return known.empty() ? find(kFurtherStatuses, *number) : known;
}

std::string_view alert_meaning(std::string_view code) noexcept {
  const std::optional<std::uint64_t> number = parse_unsigned(trim(code));
  return number ? find(kAlerts, *number) : std::string_view();
}

std::string_view ui_mode_meaning(unsigned mode) noexcept { return find(kUiModes, mode); }

std::string_view meaning_of(const MarkupNode& node, const MarkupNode& parent) noexcept {
  if (node.element != Element::Data) return {};
  if (parent.element == Element::Status) return status_meaning(node.content);
  if (parent.element == Element::Alert) return alert_meaning(node.content);
  return {};
}

std::string headline(const MarkupNode& node) {
  if (!is_command(node)) return {};
  std::string text = node.name;
  if (const std::string_view id = node.text_of("CmdID"); !id.empty()) text += " " + one_line(id);
  const std::string_view code = node.text_of("Data");
  if (node.element == Element::Status) {
    text += ": " + coded(code, status_meaning(code)) + ", for" + answered(node);
  } else if (node.element == Element::Alert) {
    text += ": " + coded(code, alert_meaning(code));
  } else if (node.element == Element::Results && node.child("CmdRef") != nullptr) {
    text += ": of Get " + one_line(node.text_of("CmdRef")) + " of message " + one_line(node.text_of("MsgRef"));
  }
  return text;
}

}  // namespace omadm::trace
