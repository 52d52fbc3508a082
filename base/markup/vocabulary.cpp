#include "base/markup/vocabulary.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kPages = 3;
constexpr std::size_t kTokens = 64;

constexpr std::array kRows = {
#define OMADM_ELEMENT_ROW(id, name, page, token) ElementRow{Element::id, name},
    OMADM_ELEMENTS(OMADM_ELEMENT_ROW)
#undef OMADM_ELEMENT_ROW
};

constexpr std::size_t page_index(CodePage page) noexcept { return static_cast<std::size_t>(page); }

using TokenTable = std::array<std::array<ElementRow, kTokens>, kPages>;

constexpr TokenTable make_token_table() {
  TokenTable table{};
  for (const ElementRow& row : kRows) table[page_index(code_page(row.element))][token(row.element)] = row;
  return table;
}
constexpr TokenTable kByToken = make_token_table();

// Names by hash, open addressing. At most a quarter of the slots is taken, so a look-up ends at once.
constexpr std::size_t kSlots = 256;

constexpr std::size_t hash(std::string_view name) noexcept {
  std::size_t value = name.size();
  for (const char c : name) value = value * 31 + static_cast<unsigned char>(c);
  return (value ^ (value >> 8U)) % kSlots;
}

// Places in kRows, from 1; 0: a free slot.
using NameTable = std::array<std::array<std::uint8_t, kSlots>, kPages>;
static_assert(kRows.size() < 0xFF);

constexpr NameTable make_name_table() {
  NameTable table{};
  for (std::size_t row = 0; row < kRows.size(); ++row) {
    auto& page = table[page_index(code_page(kRows[row].element))];
    std::size_t slot = hash(kRows[row].name);
    while (page[slot] != 0) slot = (slot + 1) % kSlots;
    page[slot] = static_cast<std::uint8_t>(row + 1);
  }
  return table;
}
constexpr NameTable kByName = make_name_table();

constexpr std::size_t kLongestName = 16;

static_assert(std::all_of(kRows.begin(), kRows.end(), [](const ElementRow& row) {
  return token(row.element) >= 5 && token(row.element) < kTokens && row.name.size() < kLongestName &&
         kByToken[page_index(code_page(row.element))][token(row.element)].name == row.name;
}));

constexpr std::array<std::string_view, kPages> kNamespaces = {"SYNCML:SYNCML1.2", "syncml:metinf", "syncml:dmddf1.2"};
constexpr std::array<std::string_view, kPages> kUnversioned = {"syncml:syncml", "syncml:metinf", "syncml:dmddf"};

bool is_version(std::string_view text) noexcept { return text.find_first_not_of("0123456789.") == text.npos; }

}  // namespace

std::string_view xml_name(Element element) noexcept {
  const ElementRow& row = element_row(code_page(element), token(element));
  return row.element == Element::unknown ? "unknown" : row.name;
}

std::string_view xml_namespace(CodePage page) noexcept {
  return page_index(page) < kPages ? kNamespaces[page_index(page)] : std::string_view();
}

const ElementRow& element_row(CodePage page, std::uint8_t tag_token) noexcept {
  static constexpr ElementRow kNone;
  if (page_index(page) >= kPages || tag_token >= kTokens) return kNone;
  return kByToken[page_index(page)][tag_token];
}

Element element_by_token(CodePage page, std::uint8_t tag_token) noexcept {
  return element_row(page, tag_token).element;
}

Element element_by_name(CodePage page, std::string_view name) noexcept {
  if (page_index(page) >= kPages || name.size() >= kLongestName) return Element::unknown;
  const auto& slots = kByName[page_index(page)];
  for (std::size_t slot = hash(name); slots[slot] != 0; slot = (slot + 1) % kSlots) {
    const ElementRow& row = kRows[slots[slot] - 1U];
    if (row.name == name) return row.element;
  }
  return Element::unknown;
}

Element element_in_xml(std::optional<CodePage> page, bool in_tree, std::string_view name) noexcept {
  constexpr std::array<CodePage, 3> outside = {CodePage::syncml, CodePage::metinf, CodePage::dmddf};
  constexpr std::array<CodePage, 3> inside = {CodePage::dmddf, CodePage::syncml, CodePage::metinf};
  if (page == CodePage::dmddf) return element_by_name(CodePage::dmddf, name);
  if (page == CodePage::metinf) {  // declared on Meta, it covers Meta itself
    const Element element = element_by_name(CodePage::metinf, name);
    return element != Element::unknown ? element : element_by_name(CodePage::syncml, name);
  }
  for (const CodePage candidate : in_tree ? inside : outside) {
    const Element element = element_by_name(candidate, name);
    if (element != Element::unknown) return element;
  }
  return Element::unknown;
}

std::optional<CodePage> page_of_namespace(std::string_view uri) noexcept {
  for (std::size_t page = 0; page < kPages; ++page) {
    const std::string_view name = kUnversioned[page];
    if (uri.size() < name.size() || !equals_ignoring_case(uri.substr(0, name.size()), name)) continue;
    if (is_version(uri.substr(name.size()))) return static_cast<CodePage>(page);
  }
  return std::nullopt;
}

}  // namespace omadm
