// EF(ODF), EF(DODF) and padded documents of smart cards; and a card that answers whatever it likes.
#include "bootstrap/smartcard/card_content.h"
#include "bootstrap/smartcard/pkcs15.h"

#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

// Responses taken from the input, each behind its length; then nothing but errors.
class FuzzedCard final : public ApduChannel {
 public:
  explicit FuzzedCard(Bytes input) : in_(input) {}
  Result<Octets> transmit(Bytes) override {
    fuzz::require(++commands_ < 100'000, "reading a card comes to an end");
    const auto length = in_.u8();
    if (!length) return Octets("\x6F\x00", 2);
    const auto response = in_.take(*length);
    return response ? Octets(*response) : Octets("\x90\x00", 2);
  }

 private:
  ByteReader in_;
  int commands_ = 0;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::octets(data, size);
  if (const auto paths = parse_odf(input)) {
    for (const CardPath& path : *paths) fuzz::require(path.ids.size() >= 2, "a path names a file");
  }
  if (const auto objects = parse_dodf(input)) {
    for (const BootstrapObject& object : *objects) fuzz::require(object.path.ids.size() >= 2, "a path names a file");
  }
  if (const auto length = wbxml_length(input)) fuzz::require(*length <= input.size(), "a document is within its file");
  FuzzedCard card(input);
  static_cast<void>(read_card(card));
  return 0;
}
