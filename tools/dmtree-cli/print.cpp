#include "tools/dmtree-cli/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "tools/common/readable.h"
#include "tools/dmtree-cli/layout.h"

namespace omadm {
namespace {

using nlohmann::json;

std::string text(const json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string shown_value(const json& node) {
  if (node.value("hidden", false)) return "(hidden)";
  const Octets value = value_octets(node);
  return value.empty() ? "\"\"" : value_line(value);
}

class TreePrinter {
 public:
  TreePrinter(const TreeDrawing& what, const Terminal& terminal) : what_(what), terminal_(terminal) {}

  // Recursion is bounded: a tree is no deeper than an address is long.
  void draw(const json& node, const std::string& lead, const std::string& indent) {
    const bool interior = node.contains("children");
    std::vector<Piece> line{{Style::faint, lead},
                            {interior ? Style::interior : Style::plain, readable(text(node, "name"))},
                            {Style::faint, "  " + text(node, "format")}};
    if (interior && !text(node, "type").empty()) line.push_back({Style::faint, "  " + one_line(text(node, "type"))});
    if (what_.values && (!interior || node.value("hidden", false))) {
      line.push_back({Style::faint, "  = "});
      line.push_back({node.value("hidden", false) ? Style::warning : Style::plain, shown_value(node)});
    }
    if (what_.acl && !text(node, "acl").empty())
      line.push_back({Style::good, "  [" + one_line(text(node, "acl")) + "]"});
    out += line_of(line, terminal_);
    if (interior) draw_children(node, indent);
  }

  std::string out;

 private:
  void draw_children(const json& node, const std::string& indent) {
    const json& children = node["children"];
    for (std::size_t i = 0; i < children.size(); ++i) {
      const bool last = i + 1 == children.size();
      draw(children[i], indent + (last ? "└── " : "├── "), indent + (last ? "    " : "│   "));
    }
    if (node.contains("more")) {
      out += line_of({{Style::faint, fmt::format("{}└── … {} below", indent, node["more"].get<std::size_t>())}},
                     terminal_);
    }
  }

  const TreeDrawing& what_;
  const Terminal& terminal_;
};

struct PropertyMeaning {
  const char* field;
  const char* name;
  const char* meaning;
};
constexpr std::array kMeanings{
    PropertyMeaning{"acl", "ACL", "own rights of servers; empty: those of the node above"},
    PropertyMeaning{"format", "Format", "what kind of value"},
    PropertyMeaning{"name", "Name", "last part of the address"},
    PropertyMeaning{"size", "Size", "octets of the value"},
    PropertyMeaning{"title", "Title", "name for people"},
    PropertyMeaning{"tstamp", "TStamp", "last change, UTC"},
    PropertyMeaning{"type", "Type", "MIME type of a leaf, identifier of a management object"},
    PropertyMeaning{"verno", "VerNo", "changes so far, modulo 65536"},
};

std::string joined(const json& texts) {
  std::string result;
  for (const json& item : texts) {
    result += (result.empty() ? "" : ", ") +
              (item.get_ref<const std::string&>().empty() ? "(none)" : one_line(item.get_ref<const std::string&>()));
  }
  return result;
}

}  // namespace

std::string readable(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    // The longest run of escaped octets: a letter may be several.
    std::string letters;
    std::size_t end = at;
    while (end + 2 < name.size() && name[end] == '%') {
      const Result<Octets> octet = hex_decode(name.substr(end + 1, 2));
      if (!octet || static_cast<unsigned char>(octet->front()) < 0x80) break;
      letters += *octet;
      end += 3;
    }
    const bool shown = !letters.empty() && is_plain_text(letters) && one_line(letters) == letters;
    if (letters.empty()) end = at + 1;
    out += shown ? letters : std::string(name.substr(at, end - at));
    at = end;
  }
  // A backslash is a letter like any other in a name, and must stay one to be given to a command again.
  std::string line;
  for (const std::string_view part : split(out, '\\')) line += one_line(part) + "\\";
  line.pop_back();
  return line;
}

Octets value_octets(const json& node) {
  if (node.contains("value_base64")) return base64_decode(text(node, "value_base64")).value_or("");
  return text(node, "value");
}

std::string print_tree(const json& top, const TreeDrawing& what, const Terminal& terminal) {
  TreePrinter printer(what, terminal);
  printer.draw(top, "", "");
  return printer.out;
}

std::string print_node(const json& node) {
  if (node.value("hidden", false)) return "(hidden)\n";
  if (node.contains("children")) return print_names(node["children"]);
  const Octets value = value_octets(node);
  if (!is_utf8(value)) return hexdump(value);
  return !value.empty() && value.back() == '\n' ? value : value + "\n";
}

std::string print_lines(const json& texts) {
  std::string out;
  for (const json& line : texts) out += one_line(line.get_ref<const std::string&>()) + "\n";
  return out;
}

std::string print_names(const json& names) {
  std::string out;
  for (const json& name : names) out += readable(name.get_ref<const std::string&>()) + "\n";
  return out;
}

std::string print_properties(const json& properties, const Terminal& terminal) {
  std::size_t widest = 0;
  std::vector<std::pair<std::string, std::vector<Piece>>> rows;
  for (const PropertyMeaning& row : kMeanings) {
    if (!properties.contains(row.field)) continue;
    const json& value = properties[row.field];
    const std::string shown = value.is_string() ? one_line(value.get_ref<const std::string&>()) : value.dump();
    widest = std::max(widest, std::min<std::size_t>(utf8_length(shown), 32));
    rows.push_back({row.name, {{Style::plain, shown}, {Style::faint, row.meaning}}});
  }
  for (auto& [name, pieces] : rows) {
    const std::size_t length = utf8_length(pieces[0].text);
    pieces[0].text += std::string(length < widest ? widest - length + 2 : 2, ' ');
  }
  return table(rows, terminal);
}

std::string print_acl(const json& acl, const Terminal& terminal) {
  const std::string own = one_line(text(acl, "acl"));
  return table({{"own", {{own.empty() ? Style::faint : Style::plain, own.empty() ? "(none: inherited)" : own}}},
                {"effective", {{Style::plain, one_line(text(acl, "effective"))}}},
                {"decided by", {{Style::plain, readable(text(acl, "decided_by"))}}}},
               terminal);
}

std::string print_explanation(const json& rows, const std::string& uri, const Terminal& terminal) {
  std::vector<std::pair<std::string, std::vector<Piece>>> lines;
  std::size_t widest = 0;
  for (const json& row : rows) widest = std::max(widest, utf8_length(readable(text(row, "decided_by"))));
  for (const json& row : rows) {
    const bool allowed = row.value("allowed", false);
    // The address asked for is known to who asked.
    std::string why = text(row, "why");
    const std::string prefix = uri + ": ";
    if (why.compare(0, prefix.size(), prefix) == 0) why.erase(0, prefix.size());
    std::string place = readable(text(row, "decided_by"));
    place += std::string(widest - utf8_length(place) + 2, ' ');
    lines.push_back({text(row, "command"),
                     {{allowed ? Style::good : Style::bad, allowed ? "yes  " : "no   "},
                      {Style::plain, place},
                      {Style::faint, one_line(why)}}});
  }
  return table(lines, terminal);
}

std::string print_found(const json& nodes, bool values, const Terminal& terminal) {
  std::string out;
  for (const json& node : nodes) {
    std::vector<Piece> line{{Style::plain, readable(text(node, "uri"))}};
    if (values) line.push_back({Style::faint, " = " + shown_value(node)});
    out += values ? line_of(line, terminal) : readable(text(node, "uri")) + "\n";
  }
  return out;
}

std::string print_validation(const json& result, const Terminal& terminal) {
  if (!result.value("ok", false)) return print_lines(result["problems"]);
  return fmt::format("{}: {} nodes are as described\n", terminal.paint(Style::good, "ok"),
                     result.value("nodes", std::size_t{0}));
}

std::string print_description(const json& description, const Terminal& terminal) {
  if (!description.value("described", false)) return "not described: takes every command and every format\n";
  std::vector<std::pair<std::string, std::vector<Piece>>> rows{
      {"URI", {{Style::plain, readable(text(description, "uri"))}}},
      {"AccessType", {{Style::plain, joined(description["access"])}}},
      {"Format", {{Style::plain, joined(description["format"])}}},
      {"Type", {{Style::plain, joined(description["type"])}}},
      {"Occurrence", {{Style::plain, text(description, "occurrence")}}},
      {"Scope", {{Style::plain, text(description, "scope")}}},
  };
  const auto optional = [&](const char* name, const char* field) {
    const std::string value = text(description, field);
    if (!value.empty()) rows.push_back({name, {{Style::plain, one_line(value)}}});
  };
  optional("Default", "default");
  optional("Title", "title");
  optional("Description", "description");
  if (description.contains("children")) {
    const bool open = description.value("open", false);
    std::string children = joined(description["children"]);
    if (open) children += children.empty() ? "anything" : ", and anything else";
    rows.push_back({"Children", {{Style::plain, children}}});
  }
  return table(rows, terminal);
}

std::string print_import(const json& result) {
  std::string out;
  for (const json& uri : result["added"]) out += "added     " + readable(uri.get<std::string>()) + "\n";
  for (const json& uri : result["replaced"]) out += "replaced  " + readable(uri.get<std::string>()) + "\n";
  out += fmt::format("{} added, {} replaced, {} unchanged{}\n", result["added"].size(), result["replaced"].size(),
                     result.value("unchanged", std::size_t{0}),
                     result.value("dry_run", false) ? "; a dry run: nothing was stored" : "");
  return out;
}

}  // namespace omadm
