#include "wbxml/attribute_list.h"

#include <algorithm>

#include "base/text.h"
#include "wbxml/global_tokens.h"
#include "wbxml/tables/provisioning.h"

namespace omadm {
namespace {

constexpr std::uint8_t kFirstValue = 0x80;
constexpr std::uint8_t kOlderPage = 1;  // older encoders begin its values at 80, with "," "HTTP-" "BASIC" "DIGEST"

template <typename Row>
const Row* row_of(std::span<const Row> rows, std::uint8_t page, std::uint8_t token) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& candidate) {
    return candidate.page == page && candidate.token == token;
  });
  return row == rows.end() ? nullptr : &*row;
}

class AttributeList {
 public:
  explicit AttributeList(const AttributeSurroundings& at) : at_(at) {}

  Result<std::vector<WbxmlAttribute>> read() {
    for (std::uint8_t octet = DM_TRY(at_.in.u8()); octet != wbxml::kEnd; octet = DM_TRY(at_.in.u8())) {
      DM_TRY(take(octet));
    }
    finish_attribute();
    return std::move(list_);
  }

 private:
  Result<void> take(std::uint8_t octet);
  Result<void> take_extension(std::uint8_t octet);
  Result<void> begin_named(Bytes name);
  Result<void> begin(std::uint8_t octet);
  Result<void> append(Bytes text);
  void finish_attribute();

  const AttributeSurroundings& at_;
  std::vector<WbxmlAttribute> list_;
  WbxmlAttribute current_;
  bool open_ = false;
  bool known_ = false;
  std::size_t octets_ = 0;
};

Result<void> AttributeList::take(std::uint8_t octet) {
  switch (octet) {
    case wbxml::kSwitchPage:
      at_.page = DM_TRY(at_.in.u8());
      return {};
    case wbxml::kLiteral:
      return begin_named(DM_TRY(at_.from_table()));
    case wbxml::kStrI:
      return append(DM_TRY(at_.in.take_until_nul()));
    case wbxml::kStrT:
      if (at_.page == kOlderPage && !at_.has_table) return append("DIGEST");
      return append(DM_TRY(at_.from_table()));
    case wbxml::kEntity:
      return append(DM_TRY(at_.entity()));
    case wbxml::kOpaque: {
      const std::uint32_t count = DM_TRY(at_.in.mb_u32());
      return append(DM_TRY(at_.in.take(count)));
    }
    default:
      break;
  }
  if (octet < kFirstValue && (octet & wbxml::kTagMask) >= 5) return begin(octet);
  const auto* value = row_of(provisioning::attribute_values(), at_.page, octet);
  if (value != nullptr) return append(value->text);
  if ((octet & wbxml::kTagMask) < 3) return take_extension(octet);
  if ((octet & wbxml::kTagMask) < 5) return Error{Errc::malformed, "a token that no attribute may hold"};
  known_ = false;
  return {};
}

// Client Provisioning gives the extension tokens no meaning.
Result<void> AttributeList::take_extension(std::uint8_t octet) {
  known_ = false;
  if (octet < wbxml::kExtT0) {
    DM_TRY(at_.in.take_until_nul());
  } else if (octet < wbxml::kExt0) {
    DM_TRY(at_.in.mb_u32());
  }
  return {};
}

Result<void> AttributeList::begin_named(Bytes name) {
  finish_attribute();
  open_ = known_ = true;
  current_ = {std::string(name), {}};
  return {};
}

Result<void> AttributeList::begin(std::uint8_t octet) {
  finish_attribute();
  open_ = true;
  const auto* start = row_of(provisioning::attribute_starts(), at_.page, octet);
  known_ = start != nullptr;
  if (!known_) return {};
  current_ = {std::string(start->name), {}};
  return append(start->value);
}

Result<void> AttributeList::append(Bytes text) {
  if (!open_) return Error{Errc::malformed, "the value of no attribute"};
  // Nor could it be written again: NUL ends a string.
  if (!is_xml_text(text)) return Error{Errc::malformed, "an attribute that is not text"};
  octets_ += text.size();
  if (octets_ > at_.max_text) return Error{Errc::too_large, "attributes over the limit"};
  current_.value += text;
  return {};
}

void AttributeList::finish_attribute() {
  if (open_ && known_ && !current_.name.empty()) list_.push_back(std::move(current_));
  open_ = known_ = false;
  current_ = {};
}

}  // namespace

Result<std::vector<WbxmlAttribute>> read_provisioning_attributes(const AttributeSurroundings& at) {
  return AttributeList(at).read();
}

}  // namespace omadm
