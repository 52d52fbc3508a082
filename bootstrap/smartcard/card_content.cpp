#include "bootstrap/smartcard/card_content.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "bootstrap/smartcard/card_files.h"
#include "bootstrap/smartcard/pkcs15.h"
#include "bootstrap/smartcard/tlv.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

constexpr std::string_view kPkcs15{"\xA0\x00\x00\x00\x63\x50\x4B\x43\x53\x2D\x31\x35", 12};
constexpr std::string_view kIccidFile{"\x3F\x00\x2F\xE2", 4};
constexpr std::string_view kDirFile{"\x3F\x00\x2F\x00", 4};
constexpr std::string_view kOdfFile{"\x50\x31", 2};
constexpr std::uint8_t kMostApplications = 32;
constexpr Limits kLimits{.max_octets = 1U << 15U, .max_depth = 64, .max_text = 1U << 15U, .max_elements = 1U << 13U};

// Semi-octets, the low nibble first, filled up with F. TS 102.221 "EF_ICCID".
std::string iccid_of(Bytes octets) {
  std::string digits;
  for (const char octet : octets) {
    const unsigned both = static_cast<unsigned char>(octet);
    for (const unsigned nibble : {both & 0x0FU, both >> 4U}) {
      if (nibble > 9) return digits;
      digits.push_back(static_cast<char>('0' + nibble));
    }
  }
  return digits;
}

class CardContentReader {
 public:
  explicit CardContentReader(ApduChannel& card) : files_(card) {}

  Result<CardContent> read() {
    files_.open_channel();
    const Result<Octets> iccid = files_.read(kIccidFile);
    content_.iccid = iccid ? iccid_of(*iccid) : std::string();
    if (content_.iccid.empty()) content_.iccid = "unknown";
    if (!DM_TRY(find_application())) return std::move(content_);
    const Result<Octets> odf = files_.read(Octets(prefix_) + Octets(kOdfFile));
    if (!odf && odf.error().code == Errc::not_found) return std::move(content_);
    if (!odf) return odf.error();
    for (const CardPath& path : DM_TRY(parse_odf(*odf))) note_failure(read_dodf(path));
    return std::move(content_);
  }

 private:
  // By name; on cards that know no names, by EF(DIR). False: this card has no such application.
  Result<bool> find_application() {
    const Result<void> by_name = files_.select_application(kPkcs15);
    if (by_name) return true;
    if (by_name.error().code != Errc::not_found && by_name.error().code != Errc::io) return by_name.error();
    if (const Result<void> directory = files_.select(kDirFile); !directory) {
      return directory.error().code == Errc::not_found ? Result<bool>(false) : Result<bool>(directory.error());
    }
    for (std::uint8_t number = 1; number <= kMostApplications; ++number) {
      const Result<Octets> record = files_.read_record(number);
      if (!record) return record.error().code == Errc::not_found ? Result<bool>(false) : Result<bool>(record.error());
      if (DM_TRY(is_application(*record))) return true;
    }
    return false;
  }

  // Application template: 61 L 4F L AID [51 L path].
  Result<bool> is_application(Bytes record) {
    TlvReader outer(record);
    const std::optional<Bytes> entry = DM_TRY(outer.find(0x61));
    if (!entry) return false;
    TlvReader for_name(*entry);
    TlvReader for_path(*entry);
    const std::optional<Bytes> name = DM_TRY(for_name.find(0x4F));
    const std::optional<Bytes> path = DM_TRY(for_path.find(0x51));
    if (!name || *name != kPkcs15 || !path) return false;
    prefix_ = *path;
    return true;
  }

  CardPath located(CardPath path) const {
    if (!path.ids.starts_with(Bytes("\x3F\x00", 2))) path.ids = prefix_ + path.ids;
    return path;
  }

  Result<void> read_dodf(const CardPath& path) {
    const Octets dodf = DM_TRY(files_.read(located(path)));
    for (const BootstrapObject& object : DM_TRY(parse_dodf(dodf))) note_failure(read_document(object));
    return {};
  }

  Result<void> read_document(const BootstrapObject& object) {
    Octets file = DM_TRY(files_.read(located(object.path)));
    if (looks_like_wbxml(file)) file.resize(DM_TRY(wbxml_length(file)));
    content_.documents.push_back({std::move(file), object.needs_consent});
    return {};
  }

  void note_failure(const Result<void>& result) {
    if (!result) content_.notes.push_back(result.error().detail);
  }

  CardFiles files_;
  Octets prefix_;  // path of the application's directory where it has no name
  CardContent content_;
};

}  // namespace

Result<std::size_t> wbxml_length(Bytes octets) {
  const std::unique_ptr<MarkupReader> reader = is_provisioning_wbxml(octets)
                                                   ? make_provisioning_wbxml_reader(octets, kLimits)
                                                   : make_wbxml_reader(octets, kLimits);
  std::size_t depth = 0;
  for (;;) {
    const Event event = DM_TRY(reader->next());
    if (std::holds_alternative<Start>(event)) ++depth;
    if (std::holds_alternative<End>(event) && --depth == 0) return reader->position().offset;
  }
}

Result<CardContent> read_card(ApduChannel& card) { return CardContentReader(card).read(); }

}  // namespace omadm
