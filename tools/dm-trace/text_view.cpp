#include "tools/dm-trace/text_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "tools/common/readable.h"
#include "tools/dm-trace/meanings.h"

namespace omadm::trace {
namespace {

constexpr std::size_t kLongestLine = 400;  // octets of a value on one line
constexpr std::size_t kMostLines = 40;     // of a value
constexpr std::size_t kDumped = 64;        // octets of a binary value

// Whether people would rather read it than see its octets.
bool is_text(Bytes octets) noexcept { return octets.find('\0') == Bytes::npos && is_utf8(octets); }

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

class TextView {
 public:
  explicit TextView(bool offsets) : offsets_(offsets) {}

  void print(const MarkupNode& node, const MarkupNode* parent, std::size_t indent);
  std::string take() && { return std::move(out_); }

 private:
  using Names = std::vector<std::string_view>;

  void line(std::size_t indent, std::size_t offset, std::string_view text);
  void element(const MarkupNode& node, const MarkupNode* parent, std::size_t indent);
  void command(const MarkupNode& node, std::size_t indent);
  void tree_node(const MarkupNode& node, std::size_t indent);
  void children(const MarkupNode& node, std::size_t indent, const Names& said);
  void value(const MarkupNode& node, std::size_t indent, std::size_t offset, std::string label);
  void text_block(std::string_view text, std::size_t indent);
  std::string margin(std::size_t indent) const { return std::string((offsets_ ? 8 : 0) + 2 * indent, ' '); }

  bool offsets_;
  bool inside_value_ = false;  // offsets would be those of the opened document
  std::string out_;
};

void TextView::line(std::size_t indent, std::size_t offset, std::string_view text) {
  if (offsets_) out_ += inside_value_ ? fmt::format("  +{:04x} ", offset) : fmt::format("   {:04x} ", offset);
  ((out_.append(2 * indent, ' ')) += text) += '\n';
}

void TextView::text_block(std::string_view text, std::size_t indent) {
  const std::vector<std::string_view> lines = split(text, '\n');
  const std::size_t shown = std::min(lines.size(), kMostLines);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string_view part = clipped(lines[i], kLongestLine);
    out_ += margin(indent) + "| " + one_line(part) + (part.size() < lines[i].size() ? " …" : "") + "\n";
  }
  if (shown < lines.size()) out_ += margin(indent) + "| … " + counted(lines.size() - shown, "more line") + "\n";
}

// The content behind its label; what does not fit into the line goes below it.
void TextView::value(const MarkupNode& node, std::size_t indent, std::size_t offset, std::string label) {
  const std::string& content = node.content;
  const std::string opaque = node.opaque ? ", opaque" : "";
  const std::string size = counted(content.size(), "octet");
  if (node.hidden) {
    if (!content.empty()) label += ": (hidden, " + size + ")";
    return line(indent, offset, label);
  }
  if (node.opened) {
    const std::string_view base64 = node.opened->octets == content.size() ? "" : ", in Base64";
    line(indent, offset, fmt::format("{}: document in {}{}{}", label, describe_encoding(*node.opened), base64, opaque));
    const bool outer = std::exchange(inside_value_, true);
    if (node.opened->root) print(*node.opened->root, nullptr, indent + 1);
    inside_value_ = outer;
    return;
  }
  if (content.empty()) return line(indent, offset, label);
  if (!is_text(content)) {
    line(indent, offset, label + ": " + size + opaque);
    out_ += hexdump(std::string_view(content).substr(0, kDumped), margin(indent + 1));
    if (content.size() > kDumped)
      out_ += margin(indent + 1) + "… " + counted(content.size() - kDumped, "more octet") + "\n";
    return;
  }
  const std::string tail = node.opaque ? "  (opaque)" : "";
  if (content.find('\n') != std::string::npos && !trim(content).empty()) {
    line(indent, offset, label + ": " + size + opaque);
    return text_block(content, indent + 1);
  }
  const std::string_view shown = clipped(content, kLongestLine);
  const std::string rest = shown.size() < content.size() ? " … (" + size + " in all)" : "";
  line(indent, offset, label + ": " + one_line(shown) + rest + tail);
}

void TextView::children(const MarkupNode& node, std::size_t indent, const Names& said) {
  Names left = said;
  for (const MarkupNode& child : node.children) {
    const auto found = std::find(left.begin(), left.end(), child.name);
    if (found != left.end()) {
      left.erase(found);  // once only: a second one of that name is worth seeing
    } else {
      print(child, &node, indent);
    }
  }
}

void TextView::print(const MarkupNode& node, const MarkupNode* parent, std::size_t indent) {
  if (!offsets_ && !headline(node).empty()) return command(node, indent);
  if (!offsets_ && node.element == Element::DdfNode) return tree_node(node, indent);
  element(node, parent, indent);
}

void TextView::command(const MarkupNode& node, std::size_t indent) {
  line(indent, node.offset, headline(node));
  Names said;
  if (!node.text_of("CmdID").empty()) said.emplace_back("CmdID");
  if (node.element == Element::Status || node.element == Element::Alert) said.emplace_back("Data");
  if (node.element == Element::Status) said.insert(said.end(), {"MsgRef", "CmdRef", "Cmd"});
  if (node.element == Element::Results && node.child("CmdRef") != nullptr)
    said.insert(said.end(), {"MsgRef", "CmdRef"});
  children(node, indent + 1, said);
}

// What an element says by the names of its children alone: "Add, Get" of an AccessType.
std::string names_inside(const MarkupNode& node) {
  if (node.element != Element::DdfAccessType || node.children.empty()) return {};
  std::string names;
  for (const MarkupNode& child : node.children) names += (names.empty() ? "" : ", ") + one_line(child.name);
  return names;
}

// Elements that hold nothing but one other element share a line with it.
void TextView::element(const MarkupNode& node, const MarkupNode* parent, std::size_t indent) {
  if (const std::string names = names_inside(node); !offsets_ && !names.empty()) {
    return line(indent, node.offset, one_line(node.name) + ": " + names);
  }
  const MarkupNode* last = &node;
  const MarkupNode* above = parent;
  std::string label = one_line(node.name);
  while (!offsets_ && last->children.size() == 1 && last->content.empty() && headline(last->children.front()).empty() &&
         last->children.front().element != Element::DdfNode) {
    above = last;
    last = &last->children.front();
    label += "/" + one_line(last->name);
  }
  const std::string_view meaning = above == nullptr ? std::string_view() : meaning_of(*last, *above);
  if (!meaning.empty() && !last->hidden) {
    line(indent, node.offset, label + ": " + one_line(trim(last->content)) + " (" + std::string(meaning) + ")");
  } else {
    value(*last, indent, node.offset, label);
  }
  children(*last, indent + 1, {});
}

std::string choice_of(const MarkupNode* holder) {
  if (holder == nullptr || holder->children.empty()) return {};
  const MarkupNode& choice = holder->children.front();
  return one_line(choice.content.empty() ? choice.name : std::string(trim(choice.content)));
}

// A node of TNDS: "Host: h1  (chr, text/plain)". One of a DDF keeps its DFProperties below its name.
void TextView::tree_node(const MarkupNode& node, std::size_t indent) {
  const MarkupNode* const properties = node.child("RTProperties");
  const MarkupNode* const content = node.child("Value");
  std::string label = node.text_of("NodeName").empty() ? "(any name)" : one_line(node.text_of("NodeName"));
  if (const std::string_view path = node.text_of("Path"); !path.empty()) label = one_line(path) + "/" + label;
  std::vector<std::string> notes;
  if (properties != nullptr) {
    for (const std::string_view name : {"Format", "Type"}) {
      const MarkupNode* const holder = properties->child(name);
      const std::string note = choice_of(holder);
      if (!note.empty() && note != "DDFName") notes.push_back(note);
    }
    if (const std::string_view acl = properties->text_of("ACL"); !acl.empty()) notes.push_back("ACL " + one_line(acl));
  }
  if (!notes.empty()) label += fmt::format(" ({})", fmt::join(notes, ", "));
  content == nullptr ? line(indent, node.offset, label) : value(*content, indent, node.offset, label);
  Names said = {"NodeName", "Path", "Value", "RTProperties"};
  if (properties != nullptr) children(*properties, indent + 1, {"Format", "Type", "ACL"});
  children(node, indent + 1, said);
}

std::string charset_name(std::uint32_t charset) {
  if (charset == 106 || charset == 0) return charset == 0 ? "charset not told" : "UTF-8";
  return charset == 3 ? "US-ASCII" : fmt::format("charset {}", charset);
}

}  // namespace

std::string print_markup(const MarkupNode& root, std::size_t indent, bool offsets) {
  TextView view(offsets);
  view.print(root, nullptr, indent);
  return std::move(view).take();
}

std::string describe_encoding(const MarkupDocument& document) {
  const std::string size = counted(document.octets, "octet");
  if (document.encoding == Encoding::xml) return "XML, " + size;
  if (!document.header) return "WBXML, " + size;
  const WbxmlHeader& header = *document.header;
  const std::string public_id = header.public_id_text.empty() ? fmt::format("0x{:x}", header.public_id)
                                                              : "\"" + one_line(header.public_id_text) + "\"";
  const std::string table =
      header.string_table.empty() ? "" : ", string table of " + counted(header.string_table.size(), "octet");
  return fmt::format("WBXML 1.{}, public id {}, {}{}, {}", header.version, public_id, charset_name(header.charset),
                     table, size);
}

}  // namespace omadm::trace
