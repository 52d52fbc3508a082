#include "bootstrap/smartcard/tlv.h"

namespace omadm {
namespace {

Result<std::size_t> read_length(ByteReader& in) {
  const std::uint8_t first = DM_TRY(in.u8());
  if (first < 0x80) return std::size_t{first};
  const unsigned count = first & 0x7FU;
  if (count == 0 || count > 3) return Error{Errc::malformed, "a length that no card file has"};
  std::size_t length = 0;
  for (unsigned i = 0; i < count; ++i) {
    const std::uint8_t octet = DM_TRY(in.u8());
    length = length << 8U | octet;
  }
  return length;
}

}  // namespace

Result<std::optional<Tlv>> TlvReader::next() {
  if (in_.empty()) return std::optional<Tlv>();
  Tlv tlv;
  tlv.tag = DM_TRY(in_.u8());
  if (tlv.tag == 0x00 || tlv.tag == 0xFF) return std::optional<Tlv>();
  const std::size_t length = DM_TRY(read_length(in_));
  tlv.value = DM_TRY(in_.take(length));
  return std::optional(tlv);
}

Result<std::optional<Bytes>> TlvReader::find(std::uint8_t tag) {
  for (;;) {
    const std::optional<Tlv> tlv = DM_TRY(next());
    if (!tlv) return std::optional<Bytes>();
    if (tlv->tag == tag) return std::optional(tlv->value);
  }
}

}  // namespace omadm
