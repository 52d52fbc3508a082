#include "tools/dmtree-cli/print_changes.h"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "tools/common/readable.h"
#include "tools/dmtree-cli/layout.h"
#include "tools/dmtree-cli/print.h"

namespace omadm {
namespace {

using nlohmann::json;

std::string text(const json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Style style_of(const std::string& change) {
  if (change == "added") return Style::good;
  return change == "removed" ? Style::bad : Style::warning;
}

// "session 7, message 2, command 3"; empty outside sessions.
std::string place_in_session(const json& change) {
  std::string place;
  for (const auto& [field, name] : {std::pair{"session", "session"}, {"msg", "message"}, {"cmd", "command"}}) {
    const std::string value = one_line(text(change, field));
    if (!value.empty()) place += fmt::format("{}{} {}", place.empty() ? "" : ", ", name, value);
  }
  return place;
}

std::string joined(const json& texts) {
  std::string result;
  for (const json& item : texts) result += (result.empty() ? "" : ", ") + item.get<std::string>();
  return result;
}

std::string changed_node(const json& change) {
  std::string line = readable(text(change, "uri"));
  if (change.contains("renamed")) line += " → " + readable(text(change, "renamed"));
  return line;
}

// Without the value, which goes without saying.
std::string changed_properties(const json& change) {
  const auto properties = change.find("properties");
  if (properties == change.end() || properties->empty()) return {};
  if (*properties == json::array({"Value"})) return {};
  return "(" + joined(*properties) + ")";
}

std::string value_text(const json& value) {
  if (value.is_string()) {
    const auto& plain = value.get_ref<const std::string&>();
    return plain.empty() ? "\"\"" : value_line(plain);
  }
  if (value.contains("hidden")) return "(hidden)";
  return value_line(base64_decode(text(value, "base64")).value_or(""));
}

std::string shown(const json& value, std::string_view property) {
  return property != "Value" && value == "" ? "(none)" : value_text(value);
}

// A node that is only on one side: all of it on one line.
std::string whole_line(const json& change, const char* side, char mark, const Terminal& terminal) {
  const json& properties = change["properties"];
  const auto at = [&](const char* name) -> const json* {
    const auto found = properties.find(name);
    return found != properties.end() ? &(*found)[side] : nullptr;
  };
  std::vector<Piece> line{{style_of(text(change, "change")), fmt::format("{} {}", mark, readable(text(change, "uri")))},
                          {Style::faint, "  " + at("Format")->get<std::string>()}};
  const std::string type = at("Type")->get<std::string>();
  if (!type.empty() && type != "text/plain") line.push_back({Style::faint, "  " + one_line(type)});
  if (const json* value = at("Value")) {
    line.push_back({Style::faint, "  = "});
    line.push_back({Style::plain, value_text(*value)});
  }
  if (const json* acl = at("ACL")) line.push_back({Style::good, "  [" + one_line(acl->get<std::string>()) + "]"});
  return line_of(line, terminal);
}

std::string changed_lines(const json& change, const Terminal& terminal) {
  std::string out = terminal.paint(style_of("changed"), "~ " + readable(text(change, "uri"))) + "\n";
  for (const char* name : {"Format", "Type", "Value", "ACL", "Title"}) {
    const auto found = change["properties"].find(name);
    if (found == change["properties"].end()) continue;
    const std::string before = shown((*found)["before"], name), after = shown((*found)["after"], name);
    const std::string lead = fmt::format("    {:<6}  ", name);
    const std::size_t length = lead.size() + utf8_length(before) + 3 + utf8_length(after);
    if (terminal.width == 0 || length <= terminal.width) {
      out +=
          line_of({{Style::faint, lead}, {Style::bad, before}, {Style::faint, " → "}, {Style::good, after}}, terminal);
    } else {
      out += line_of({{Style::faint, lead}, {Style::bad, before}}, terminal);
      out += line_of({{Style::faint, std::string(lead.size() - 2, ' ') + "→ "}, {Style::good, after}}, terminal);
    }
  }
  return out;
}

}  // namespace

std::string ChangePrinter::print(const json& change) {
  const std::string number = fmt::format("#{}", change.value("sequence", std::uint64_t{0}));
  std::string headline = wrapped_line({{Style::warning, number},
                                       {Style::plain, text(change, "time")},
                                       {Style::interior, one_line(text(change, "who"))},
                                       {Style::plain, one_line(text(change, "command"))},
                                       {Style::faint, place_in_session(change)}},
                                      number.size() + 2, terminal_);
  if (headline == headline_) headline.clear();
  if (!headline.empty()) headline_ = headline;
  const std::string kind = text(change, "change");
  std::string line =
      fmt::format("  {}  {}", terminal_.paint(style_of(kind), fmt::format("{:<7}", kind)), changed_node(change));
  if (const std::string properties = changed_properties(change); !properties.empty()) {
    line += "  " + terminal_.paint(Style::faint, properties);
  }
  return headline + line + "\n";
}

std::string print_log(const json& log, bool all, const Terminal& terminal) {
  std::string out;
  if (!log.value("complete", false)) {
    out += terminal.paint(Style::faint,
                          "Older changes are not kept. The history begins after " + text(log, "begins_after") + ".") +
           "\n";
  }
  ChangePrinter printer(terminal);
  std::uint64_t sequence = 0;
  std::set<std::string> added;  // by this commit
  std::size_t below = 0;        // of those, not shown
  const auto finish = [&] {
    if (below != 0) out += terminal.paint(Style::faint, fmt::format("           … and {} below", below)) + "\n";
    below = 0;
  };
  for (const json& change : log["changes"]) {
    if (change.value("sequence", std::uint64_t{0}) != sequence) {
      finish();
      added.clear();
      sequence = change.value("sequence", std::uint64_t{0});
    }
    const std::string uri = text(change, "uri");
    const bool is_new = text(change, "change") == "added";
    if (is_new) added.insert(uri);
    if (!all && is_new && added.contains(uri.substr(0, uri.rfind('/')))) {
      ++below;
      continue;
    }
    finish();
    out += printer.print(change);
  }
  finish();
  return out;
}

std::string print_blame(const json& blame, const Terminal& terminal) {
  std::vector<TableRow> rows{{"node", {{Style::plain, readable(text(blame, "uri"))}}}};
  if (!blame.value("known", false)) {
    const std::string when = blame.contains("before") ? "before " + text(blame, "before") + ", where the history begins"
                                                      : std::string("never since the tree was made");
    rows.push_back({"changed", {{Style::warning, when}}});
    return table(rows, terminal);
  }
  std::string what = text(blame, "change");
  if (blame.contains("properties")) what = joined(blame["properties"]) + " changed";
  if (blame.contains("renamed")) what = "renamed to " + readable(text(blame, "renamed"));
  rows.push_back({"what", {{Style::plain, what}}});
  rows.push_back({"when",
                  {{Style::plain, text(blame, "time")},
                   {Style::faint, fmt::format("  commit {}", blame.value("sequence", std::uint64_t{0}))}}});
  rows.push_back({"who", {{Style::interior, one_line(text(blame, "who"))}}});
  rows.push_back({"command", {{Style::plain, one_line(text(blame, "command"))}}});
  if (const std::string place = place_in_session(blame); !place.empty()) {
    rows.push_back({"in", {{Style::plain, place}}});
  }
  return table(rows, terminal);
}

std::string print_difference(const json& difference, const Terminal& terminal) {
  std::string out;
  for (const json& change : difference["changes"]) {
    const std::string kind = text(change, "change");
    if (kind == "added") {
      out += whole_line(change, "after", '+', terminal);
    } else if (kind == "removed") {
      out += whole_line(change, "before", '-', terminal);
    } else {
      out += changed_lines(change, terminal);
    }
  }
  if (out.empty()) return "no differences\n";
  return terminal.paint(Style::bad, "--- " + one_line(text(difference, "before"))) + "\n" +
         terminal.paint(Style::good, "+++ " + one_line(text(difference, "after"))) + "\n" + out;
}

}  // namespace omadm
