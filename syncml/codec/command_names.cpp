#include "syncml/codec/command_names.h"

#include <array>

namespace omadm {
namespace {

struct Row {
  CommandName name;
  Element element;
};

// In the order of CommandName, so that element_of need not search.
constexpr std::array<Row, 17> kRows = {{
    {CommandName::add, Element::Add},
    {CommandName::alert, Element::Alert},
    {CommandName::atomic, Element::Atomic},
    {CommandName::copy, Element::Copy},
    {CommandName::delete_, Element::Delete},
    {CommandName::exec, Element::Exec},
    {CommandName::get, Element::Get},
    {CommandName::replace, Element::Replace},
    {CommandName::results, Element::Results},
    {CommandName::sequence, Element::Sequence},
    {CommandName::status, Element::Status},
    {CommandName::map, Element::Map},
    {CommandName::put, Element::Put},
    {CommandName::search, Element::Search},
    {CommandName::sync, Element::Sync},
    {CommandName::move, Element::Move},
    {CommandName::unknown, Element::unknown},
}};

constexpr bool rows_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].name) != i) return false;
  }
  return true;
}
static_assert(rows_in_order());

constexpr auto kByToken = [] {
  std::array<CommandName, 256> names{};
  names.fill(CommandName::unknown);
  for (const Row& row : kRows) names[token(row.element)] = row.name;
  return names;
}();

}  // namespace

Element element_of(CommandName name) noexcept {
  const auto index = static_cast<std::size_t>(name);
  return index < kRows.size() ? kRows[index].element : Element::unknown;
}

std::optional<CommandName> command_of(Element element) noexcept {
  if (element == Element::unknown) return std::nullopt;
  if (code_page(element) != CodePage::syncml) return std::nullopt;
  const CommandName name = kByToken[token(element)];
  return name == CommandName::unknown ? std::nullopt : std::optional(name);
}

std::string_view to_string(CommandName name) noexcept {
  return name == CommandName::unknown ? "Unknown" : xml_name(element_of(name));
}

}  // namespace omadm
