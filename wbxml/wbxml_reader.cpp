#include "wbxml/wbxml_reader.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "base/plain_vector.h"
#include "base/text.h"
#include "wbxml/attribute_list.h"
#include "wbxml/global_tokens.h"
#include "wbxml/tables/provisioning.h"

namespace omadm {
namespace {

constexpr std::uint32_t kSyncml10 = 0x0FD1;
constexpr std::array<std::uint32_t, 4> kPublicIds = {0x01, 0x0FD3, 0x1201, 0x1202};
constexpr std::string_view kSyncml10Text = "-//SYNCML//DTD SyncML 1.0//EN";
constexpr std::uint32_t kUsAscii = 3;
constexpr std::uint32_t kUtf8 = 106;

Error malformed(std::string what) { return {Errc::malformed, std::move(what)}; }

Result<void> check_header(const WbxmlHeader& header) {
  if (header.public_id == kSyncml10 || equals_ignoring_case(header.public_id_text, kSyncml10Text)) {
    return Error{Errc::unsupported, "SyncML 1.0"};
  }
  bool known = header.public_id == 0;
  for (const std::uint32_t id : kPublicIds) known = known || header.public_id == id;
  if (!known) return Error{Errc::unsupported, "public id " + std::to_string(header.public_id)};
  return {};
}

Result<void> check_charset(const WbxmlHeader& header) {
  if (header.charset != 0 && header.charset != kUtf8 && header.charset != kUsAscii) {
    return Error{Errc::unsupported, "charset " + std::to_string(header.charset)};
  }
  return {};
}

std::string hex_octet(unsigned value) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[value >> 4U & 0xFU], digits[value & 0xFU]};
}

// What stands before the first octet that is 0 or not ASCII.
Bytes ascii_string(Bytes octets) noexcept {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  std::size_t count = 0;
  for (std::uint64_t word = 0; octets.size() - count >= sizeof word; count += sizeof word) {
    std::memcpy(&word, octets.data() + count, sizeof word);
    if (((word | (word - kEach)) & (kEach * 0x80)) != 0) break;  // an octet from which 1 cannot be taken away is 0
  }
  while (count < octets.size() && static_cast<unsigned char>(octets[count] - 1) < 0x7F) ++count;
  return octets.substr(0, count);
}

enum class Vocabulary : std::uint8_t { dm, provisioning };

class WbxmlReader final : public MarkupReader {
 public:
  WbxmlReader(Bytes document, const Limits& limits, Vocabulary vocabulary)
      : document_(document), limits_(limits), vocabulary_(vocabulary), in_(document) {}

  const Event* step() override;
  std::optional<std::string_view> leaf() override;
  Position position() const override { return {0, in_.position()}; }

 private:
  // These set event_.
  bool plain_step();
  Result<void> read_event();
  Result<void> read_token(std::uint8_t token);
  Result<void> open(std::uint8_t tag);
  void close();
  Result<void> inline_text();
  Result<void> table_text();
  Result<void> text(Bytes octets);
  Result<void> entity();
  Result<void> opaque();

  Result<void> begin();
  void name_element(std::uint8_t tag_token, Start& start);
  Result<void> read_attributes();
  Result<void> skip_attributes();
  Result<void> skip_attribute_part(std::uint8_t octet);
  Result<void> skip_extension(std::uint8_t octet);
  Result<Bytes> table_string();
  Result<Bytes> counted();
  Result<std::string> entity_text();

  Bytes document_;
  Limits limits_;
  Vocabulary vocabulary_;
  ByteReader in_;
  std::string table_;
  bool begun_ = false;
  bool ascii_ = false;

  std::uint8_t page_ = 0;  // of tags; SWITCH_PAGE inside attributes concerns another one, which is skipped
  PlainVector<Element> open_;
  bool close_empty_ = false;  // the element just reported has no content
  std::size_t elements_ = 0;
  std::size_t text_run_ = 0;    // octets since the last tag
  std::size_t table_text_ = 0;  // octets taken from the string table
  std::string scratch_;         // name of an unknown tag, character of an ENTITY
  std::uint8_t attribute_page_ = 0;
  std::vector<WbxmlAttribute> attributes_;  // of the element just reported, read in turn
  std::size_t next_attribute_ = 0;
};

Result<void> WbxmlReader::begin() {
  if (document_.size() > limits_.max_octets) {
    return Error{Errc::too_large, "the document is over " + std::to_string(limits_.max_octets) + " octets"};
  }
  WbxmlHeader header = DM_TRY(read_wbxml_header(document_));
  if (vocabulary_ == Vocabulary::dm) {
    DM_TRY(check_header(header));
  } else if (!is_provisioning_wbxml(document_)) {
    return Error{Errc::unsupported, "not the public id of Client Provisioning"};
  }
  DM_TRY(check_charset(header));
  ascii_ = header.charset == kUsAscii;
  table_ = std::move(header.string_table);
  DM_TRY(in_.take(header.length));
  begun_ = true;
  return {};
}

const Event* WbxmlReader::step() {
  if (error_) return nullptr;
  if (plain_step()) return &event_;
  if (auto read = read_event(); !read) {
    error_ = Error{read.error().code, "octet " + std::to_string(in_.position()) + ": " + read.error().detail};
    return nullptr;
  }
  return &event_;
}

// What most steps are: an END or a known tag without attributes, within an element. False: nothing was read.
bool WbxmlReader::plain_step() {
  if (open_.empty() || close_empty_ || in_.empty() || vocabulary_ != Vocabulary::dm) return false;
  const auto octet = static_cast<std::uint8_t>(in_.rest().front());
  if (octet == wbxml::kEnd) {
    in_.skip(1);
    close();
    return true;
  }
  const ElementRow& row = element_row(static_cast<CodePage>(page_), octet & ~wbxml::kContent);
  if (row.element == Element::unknown || open_.size() >= limits_.max_depth || elements_ >= limits_.max_elements) {
    return false;
  }
  in_.skip(1);
  ++elements_;
  open_.push_back(row.element);
  close_empty_ = (octet & wbxml::kContent) == 0;
  text_run_ = 0;
  event_ = Start{row.element, row.name};
  return true;
}

Result<void> WbxmlReader::read_event() {
  if (!begun_) DM_TRY(begin());
  if (next_attribute_ < attributes_.size()) {
    const WbxmlAttribute& attribute = attributes_[next_attribute_++];
    event_ = Attribute{attribute.name, attribute.value};
    return {};
  }
  if (close_empty_) return close(), Result<void>();
  while (!open_.empty() || elements_ == 0) {
    const std::uint8_t octet = DM_TRY(in_.u8());
    if (octet == wbxml::kEnd) {
      if (open_.empty()) return malformed("END without a tag");
      return close(), Result<void>();
    }
    if (octet == wbxml::kSwitchPage) {
      page_ = DM_TRY(in_.u8());
    } else if (octet == wbxml::kPi) {
      DM_TRY(skip_attributes());  // a PI is written like an attribute list
    } else if ((octet & wbxml::kTagMask) >= 3 || octet < wbxml::kContent) {
      return read_token(octet);
    } else {
      DM_TRY(skip_extension(octet));  // 40…42, 80…82, C0…C2
    }
  }
  if (!in_.empty()) return malformed("octets after the document");
  event_ = Done{};
  return {};
}

Result<void> WbxmlReader::read_token(std::uint8_t token) {
  switch (token) {
    case wbxml::kEntity:
      return entity();
    case wbxml::kStrI:
      return inline_text();
    case wbxml::kStrT:
      return table_text();
    case wbxml::kOpaque:
      return opaque();
    default:
      return open(token);
  }
}

std::optional<std::string_view> WbxmlReader::leaf() {
  if (error_ || open_.empty() || next_attribute_ < attributes_.size()) return std::nullopt;
  if (close_empty_) {
    close();
    return std::string_view();
  }
  const Bytes rest = in_.rest();
  if (rest.empty() || static_cast<std::uint8_t>(rest.front()) != wbxml::kStrI) return std::nullopt;
  const Bytes octets = ascii_string(rest.substr(1));
  const std::size_t nul = 1 + octets.size();
  if (nul + 1 >= rest.size() || rest[nul] != '\0' || static_cast<std::uint8_t>(rest[nul + 1]) != wbxml::kEnd) {
    return std::nullopt;
  }
  if (octets.size() > limits_.max_text) return std::nullopt;
  in_.skip(nul + 2);
  close();
  return octets;
}

Result<void> WbxmlReader::open(std::uint8_t tag) {
  if (open_.size() >= limits_.max_depth) return Error{Errc::too_large, "elements nested too deeply"};
  if (++elements_ > limits_.max_elements) return Error{Errc::too_large, "too many elements"};
  Start start;
  const std::uint8_t tag_token = tag & wbxml::kTagMask;
  if (tag_token == wbxml::kLiteral) {
    start.name = DM_TRY(table_string());
    if (start.name.empty() || !is_utf8(start.name)) return malformed("a tag name that is no name");
    start.element = element_by_name(static_cast<CodePage>(page_), start.name);
  } else {
    name_element(tag_token, start);
  }
  if ((tag & wbxml::kAttributes) != 0) DM_TRY(read_attributes());
  open_.push_back(start.element);
  close_empty_ = (tag & wbxml::kContent) == 0;
  text_run_ = 0;
  event_ = start;
  return {};
}

void WbxmlReader::name_element(std::uint8_t tag_token, Start& start) {
  if (vocabulary_ == Vocabulary::provisioning) {
    start.name = page_ <= 1 ? provisioning::tag_name(tag_token) : std::string_view();
  } else {
    const ElementRow& row = element_row(static_cast<CodePage>(page_), tag_token);
    start.element = row.element;
    start.name = row.name;
  }
  if (!start.name.empty()) return;
  scratch_ = hex_octet(page_) + ':' + hex_octet(tag_token);
  start.name = scratch_;
}

Result<void> WbxmlReader::read_attributes() {
  if (vocabulary_ == Vocabulary::dm) return skip_attributes();
  next_attribute_ = 0;
  attributes_ =
      DM_TRY(read_provisioning_attributes({in_, attribute_page_, [this] { return table_string(); },
                                           [this] { return entity_text(); }, !table_.empty(), limits_.max_text}));
  return {};
}

void WbxmlReader::close() {
  event_ = End{open_.back()};
  open_.pop_back();
  close_empty_ = false;
  text_run_ = 0;
}

Result<void> WbxmlReader::skip_attributes() {
  for (std::uint8_t octet = DM_TRY(in_.u8()); octet != wbxml::kEnd; octet = DM_TRY(in_.u8())) {
    DM_TRY(skip_attribute_part(octet));
  }
  return {};
}

// Attribute names and values of any vocabulary: only their lengths matter.
Result<void> WbxmlReader::skip_attribute_part(std::uint8_t octet) {
  const unsigned low = octet & wbxml::kTagMask;
  switch (octet) {
    case wbxml::kSwitchPage:
      DM_TRY(in_.u8());
      return {};
    case wbxml::kEntity:
      DM_TRY(in_.mb_u32());
      return {};
    case wbxml::kStrI:
      DM_TRY(in_.take_until_nul());
      return {};
    case wbxml::kLiteral:
    case wbxml::kStrT:
      DM_TRY(table_string());
      return {};
    case wbxml::kOpaque:
      DM_TRY(counted());
      return {};
    default:
      break;
  }
  if (octet >= wbxml::kContent && low < 3) return skip_extension(octet);
  // 43, 44, 84, C4: PI and the tag forms of LITERAL have no place here.
  if (low < 5) return malformed("a token that no attribute may hold");
  return {};
}

Result<void> WbxmlReader::skip_extension(std::uint8_t octet) {
  if (octet < wbxml::kExtT0) {
    DM_TRY(in_.take_until_nul());
  } else if (octet < wbxml::kExt0) {
    DM_TRY(in_.mb_u32());
  }
  return {};
}

Result<Bytes> WbxmlReader::counted() {
  const std::uint32_t count = DM_TRY(in_.mb_u32());
  return in_.take(count);
}

// Few octets can refer to a long string many times: what comes of it counts as if it stood there.
Result<Bytes> WbxmlReader::table_string() {
  const std::uint32_t index = DM_TRY(in_.mb_u32());
  if (index >= table_.size()) return malformed("an index outside the string table");
  const Bytes rest = Bytes(table_).substr(index);
  const Bytes octets = rest.substr(0, rest.find('\0'));  // the table's end also ends a string (TNDS-073)
  table_text_ += octets.size();
  if (table_text_ > limits_.max_octets) return Error{Errc::too_large, "the string table's text is over the limit"};
  return octets;
}

Result<void> WbxmlReader::inline_text() {
  const Bytes octets = DM_TRY(in_.take_until_nul());
  return text(octets);
}

Result<void> WbxmlReader::table_text() {
  const Bytes octets = DM_TRY(table_string());
  return text(octets);
}

Result<void> WbxmlReader::text(Bytes octets) {
  if (open_.empty()) return malformed("text outside the document");
  if (!is_utf8(octets)) return malformed("a string that is not UTF-8");
  if (ascii_ && utf8_length(octets) != octets.size()) return malformed("a string that is not US-ASCII");
  text_run_ += octets.size();
  if (text_run_ > limits_.max_text) return Error{Errc::too_large, "a text over the limit"};
  event_ = Text{octets};
  return {};
}

Result<std::string> WbxmlReader::entity_text() {
  const std::uint32_t character = DM_TRY(in_.mb_u32());
  if (character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF))
    return malformed("an ENTITY that is no character");
  return to_utf8(character);
}

Result<void> WbxmlReader::entity() {
  if (open_.empty()) return malformed("text outside the document");
  scratch_ = DM_TRY(entity_text());
  text_run_ += scratch_.size();
  if (text_run_ > limits_.max_text) return Error{Errc::too_large, "a text over the limit"};
  event_ = Text{scratch_};
  return {};
}

Result<void> WbxmlReader::opaque() {
  if (open_.empty()) return malformed("data outside the document");
  const Bytes octets = DM_TRY(counted());
  text_run_ += octets.size();
  if (text_run_ > limits_.max_text) return Error{Errc::too_large, "data over the limit"};
  event_ = Opaque{octets};
  return {};
}

}  // namespace

std::unique_ptr<MarkupReader> make_wbxml_reader(Bytes document, const Limits& limits) {
  return std::make_unique<WbxmlReader>(document, limits, Vocabulary::dm);
}

std::unique_ptr<MarkupReader> make_provisioning_wbxml_reader(Bytes document, const Limits& limits) {
  return std::make_unique<WbxmlReader>(document, limits, Vocabulary::provisioning);
}

}  // namespace omadm
