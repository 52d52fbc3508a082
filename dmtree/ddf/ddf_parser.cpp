#include "dmtree/ddf/ddf_parser.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/markup/xml_reader.h"
#include "base/text.h"
#include "dmtree/ddf/ddf_elements.h"
#include "dmtree/node_content.h"

namespace omadm {
namespace {

constexpr std::string_view kRootName = ".";

class DdfParser {
 public:
  DdfParser(std::string_view document, std::string_view origin, const Limits& limits)
      : reader_(make_xml_reader(document, limits)), origin_(origin) {}

  Result<std::vector<DescribedBranch>> document();

 private:
  // One Node while its children are read; what is there at the end decides what it is.
  struct Draft {
    std::unique_ptr<DdfNode> node = std::make_unique<DdfNode>();
    std::size_t line = 0;
    bool has_name = false, has_properties = false, has_access = false;
    std::optional<std::string> path, value;
    std::vector<std::string> ids, mimes;
  };

  Result<void> version();
  Result<std::unique_ptr<DdfNode>> node(bool top);
  Result<void> node_part(Element element, Draft& draft);
  Result<void> run_time_properties(DdfNode& node);
  Result<void> description_part(Element element, Draft& draft);
  Result<void> access(DdfNode& node);
  Result<void> formats(DdfNode& node);
  Result<void> occurrence(DdfNode& node);
  Result<void> scope(DdfNode& node);
  Result<void> types(Draft& draft);
  Result<std::unique_ptr<DdfNode>> finish(Draft draft, bool top);
  Result<void> settle_default(Draft& draft) const;

  Result<Event> next();
  Result<std::optional<Element>> next_child();  // nullopt: the current element has ended
  Result<void> skip();
  Result<std::string> text();
  Error fail(std::size_t line, std::string_view what, Errc code = Errc::malformed) const;
  std::size_t line() const { return reader_->position().line; }

  std::unique_ptr<MarkupReader> reader_;
  std::string origin_;
  std::vector<DescribedBranch> branches_;
};

Error DdfParser::fail(std::size_t line, std::string_view what, Errc code) const {
  return Error{code, origin_ + ":" + std::to_string(line) + ": " + std::string(what)};
}

Result<Event> DdfParser::next() {
  Result<Event> event = reader_->next();
  if (!event) return fail(line(), event.error().detail, event.error().code);
  if (std::holds_alternative<Opaque>(*event)) return fail(line(), "binary content");
  return event;
}

// Elements of foreign namespaces (TNDS-019) and of later minor versions (TNDS-002) are passed over.
Result<std::optional<Element>> DdfParser::next_child() {
  for (;;) {
    const Event event = DM_TRY(next());
    if (const Start* start = std::get_if<Start>(&event)) {
      if (!start->foreign && start->element != Element::unknown) return std::optional(start->element);
      DM_TRY(skip());
    } else if (const Text* content = std::get_if<Text>(&event)) {
      if (!trim(content->text).empty()) return fail(line(), "text between elements");
    } else {
      return std::optional<Element>();
    }
  }
}

Result<void> DdfParser::skip() {
  for (std::size_t depth = 1; depth != 0;) {
    const Event event = DM_TRY(next());
    if (std::holds_alternative<Start>(event)) ++depth;
    if (std::holds_alternative<End>(event)) --depth;
    if (std::holds_alternative<Done>(event)) break;
  }
  return {};
}

Result<std::string> DdfParser::text() {
  std::string content;
  for (;;) {
    const Event event = DM_TRY(next());
    if (const Text* piece = std::get_if<Text>(&event)) {
      content += piece->text;
    } else if (const Start* start = std::get_if<Start>(&event)) {
      if (!start->foreign) return fail(line(), "element " + std::string(start->name) + " where text belongs");
      DM_TRY(skip());
    } else {
      return content;
    }
  }
}

Result<std::vector<DescribedBranch>> DdfParser::document() {
  const Event first = DM_TRY(next());
  const Start* start = std::get_if<Start>(&first);
  if (start == nullptr || start->element != Element::DdfMgmtTree)
    return fail(line(), "the root element is not MgmtTree");
  bool has_version = false;
  std::size_t nodes = 0;
  while (const auto child = DM_TRY(next_child())) {
    if (*child == Element::DdfVerDTD) {
      DM_TRY(version());
      has_version = true;
    } else if (*child == Element::DdfNode) {
      DM_TRY(node(true));
      ++nodes;
    } else {
      DM_TRY(skip());
    }
  }
  if (!has_version) return fail(line(), "VerDTD is missing");
  if (nodes == 0) return fail(line(), "there is no Node");
  return std::move(branches_);
}

// 1.1.2 is read too: it differs only where interior nodes name a MIME type (TNDS-062).
Result<void> DdfParser::version() {
  const std::size_t at = line();
  const std::string content = DM_TRY(text());
  const std::string_view number = trim(content);
  if (number == "1.2" || number.starts_with("1.2.") || number == "1.1.2") return {};
  return fail(at, "VerDTD is not 1.2", Errc::unsupported);
}

// Recursion is bounded by the reader's Limits::max_depth. Null: the node went to branches_.
Result<std::unique_ptr<DdfNode>> DdfParser::node(bool top) {
  Draft draft;
  draft.line = line();
  while (const auto child = DM_TRY(next_child())) DM_TRY(node_part(*child, draft));
  return finish(std::move(draft), top);
}

Result<void> DdfParser::node_part(Element element, Draft& draft) {
  DdfNode& described = *draft.node;
  switch (element) {
    case Element::DdfNodeName: {
      const std::string content = DM_TRY(text());
      const std::string_view name = trim(content);
      draft.has_name = true;
      if (name.empty() || name == kRootName) {
        described.name = name;
        return {};
      }
      auto canonical = canonical_name(name);
      if (!canonical) return fail(draft.line, "NodeName: " + canonical.error().detail);
      described.name = std::move(canonical).value();
      return {};
    }
    case Element::DdfPath:
      draft.path = DM_TRY(text());
      return {};
    case Element::DdfValue:
      draft.value = DM_TRY(text());
      return {};
    case Element::DdfRTProperties:
      return run_time_properties(described);
    case Element::DdfDFProperties:
      draft.has_properties = true;
      while (const auto child = DM_TRY(next_child())) DM_TRY(description_part(*child, draft));
      return {};
    case Element::DdfNode: {
      const std::size_t at = line();
      std::unique_ptr<DdfNode> child = DM_TRY(node(false));
      described.open = false;
      if (!child) return {};
      if (child->name == kRootName) return fail(at, "the root cannot be a child");
      const auto same_name = [&](const auto& other) { return other->name == child->name; };
      if (std::any_of(described.children.begin(), described.children.end(), same_name)) {
        return fail(at, child->name.empty() ? "a second unnamed Node" : "a second Node named " + child->name);
      }
      described.children.push_back(std::move(child));
      return {};
    }
    default:
      return skip();
  }
}

// What a node answers to ?prop= (TND-050). The mandatory four need not be listed.
Result<void> DdfParser::run_time_properties(DdfNode& node) {
  while (const auto child = DM_TRY(next_child())) {
    if (const auto property = ddf_property(*child)) node.properties[static_cast<std::size_t>(*property)] = true;
    DM_TRY(skip());
  }
  return {};
}

Result<void> DdfParser::description_part(Element element, Draft& draft) {
  DdfNode& described = *draft.node;
  switch (element) {
    case Element::DdfAccessType:
      draft.has_access = true;
      return access(described);
    case Element::DdfDefaultValue:
      described.default_value = DM_TRY(text());
      return {};
    case Element::DdfDescription:
      described.description = trim(DM_TRY(text()));
      return {};
    case Element::DdfDFTitle:
      described.title = trim(DM_TRY(text()));
      return {};
    case Element::DdfDFFormat:
      return formats(described);
    case Element::DdfOccurrence:
      return occurrence(described);
    case Element::DdfScope:
      return scope(described);
    case Element::DdfDFType:
      return types(draft);
    default:
      return skip();  // CaseSense among them: names are compared exactly (TND-025)
  }
}

Result<void> DdfParser::access(DdfNode& node) {
  while (const auto child = DM_TRY(next_child())) {
    const auto command = ddf_access_type(*child);
    if (!command) return fail(line(), "unknown AccessType");
    node.access[static_cast<std::size_t>(*command)] = true;
    DM_TRY(skip());
  }
  return {};
}

Result<void> DdfParser::formats(DdfNode& node) {
  while (const auto child = DM_TRY(next_child())) {
    const auto format = ddf_format(*child);
    if (!format) return fail(line(), "unknown DFFormat");
    node.formats.push_back(*format);
    DM_TRY(skip());
  }
  return {};
}

Result<void> DdfParser::occurrence(DdfNode& node) {
  while (const auto child = DM_TRY(next_child())) {
    const auto form = ddf_occurrence(*child);
    if (!form) return fail(line(), "unknown Occurrence");
    node.min_occurs = form->min;
    node.max_occurs = form->max;
    const std::size_t at = line();
    const std::string content = DM_TRY(text());
    if (!form->counted) continue;
    const auto count = parse_unsigned(trim(content));
    if (!count || *count < 2 || *count > 65536) return fail(at, "Occurrence is not a number from 2 to 65536");
    node.max_occurs = static_cast<std::uint32_t>(*count);
  }
  return {};
}

Result<void> DdfParser::scope(DdfNode& node) {
  while (const auto child = DM_TRY(next_child())) {
    if (*child != Element::DdfPermanent && *child != Element::DdfDynamic) return fail(line(), "unknown Scope");
    node.scope = *child == Element::DdfPermanent ? Scope::permanent : Scope::dynamic;
    DM_TRY(skip());
  }
  return {};
}

Result<void> DdfParser::types(Draft& draft) {
  while (const auto child = DM_TRY(next_child())) {
    const std::string content = DM_TRY(text());
    const std::string_view type = trim(content);
    if (type.empty()) continue;
    if (!is_type(type)) return fail(line(), "DFType is not a type: printable characters, at most 255 octets");
    if (*child == Element::DdfMIME) draft.mimes.emplace_back(type);
    if (*child == Element::DdfDDFName) draft.ids.emplace_back(type);
  }
  return {};
}

// The default value in stored form: binary ones are Base64 in the document.
Result<void> DdfParser::settle_default(Draft& draft) const {
  DdfNode& node = *draft.node;
  if (!node.default_value && draft.value) node.default_value = std::move(draft.value);
  if (!node.default_value) return {};
  const Format format = node.formats.front();
  if (format == Format::bin) {
    if (auto octets = base64_decode(*node.default_value)) node.default_value = std::move(octets).value();
  } else if (format != Format::chr && format != Format::xml) {
    node.default_value = std::string(trim(*node.default_value));
  }
  if (node.default_value->empty()) {
    node.default_value.reset();
  } else if (auto checked = check_value(format, *node.default_value); !checked) {
    return fail(draft.line, "DefaultValue: " + checked.error().detail);
  }
  return {};
}

Result<std::unique_ptr<DdfNode>> DdfParser::finish(Draft draft, bool top) {
  DdfNode& described = *draft.node;
  if (!draft.has_name) return fail(draft.line, "Node without NodeName");
  if (!draft.has_properties) return fail(draft.line, "Node without DFProperties");
  if (!draft.has_access) return fail(draft.line, "Node without AccessType");
  if (described.formats.empty()) return fail(draft.line, "Node without DFFormat");
  if (!described.open && draft.value) return fail(draft.line, "Node with both Value and Node");
  if (!described.open && !described.is_interior()) return fail(draft.line, "a leaf with child Nodes");
  if (described.is_interior() && draft.ids.empty()) {
    // Widely written so: the identifier of an object as MIME. A media type there means nothing (TNDS-062).
    std::copy_if(draft.mimes.begin(), draft.mimes.end(), std::back_inserter(draft.ids), is_mo_id);
  }
  described.types = std::move(described.is_interior() ? draft.ids : draft.mimes);
  if (described.is_interior()) described.properties[static_cast<std::size_t>(Property::size)] = false;
  DM_TRY(settle_default(draft));
  if (!top && !draft.path) return std::move(draft.node);

  DescribedBranch branch;
  std::string_view path = draft.path ? trim(*draft.path) : std::string_view();
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!path.empty()) {
    auto parent = Uri::parse(path);
    if (!parent) return fail(draft.line, "Path: " + parent.error().detail);
    branch.parent = std::move(parent).value();
  }
  branch.node = std::move(draft.node);
  branch.line = draft.line;
  branches_.push_back(std::move(branch));
  return std::unique_ptr<DdfNode>();
}

}  // namespace

Result<std::vector<DescribedBranch>> parse_ddf(std::string_view document, std::string_view origin,
                                               const Limits& limits) {
  return DdfParser(document, origin, limits).document();
}

}  // namespace omadm
