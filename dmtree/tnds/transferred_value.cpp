#include "dmtree/tnds/transferred_value.h"

#include <algorithm>

#include "base/text.h"
#include "dmtree/ddf/ddf.h"

namespace omadm {
namespace {

bool takes(const DdfNode& description, Format format) {
  return std::find(description.formats.begin(), description.formats.end(), format) != description.formats.end();
}

}  // namespace

Result<TransferredValue> store_transferred(const DdfNode* description, std::optional<Format> format, Bytes value,
                                           bool raw) {
  std::optional<Format> stored = format;
  if (description != nullptr && takes(*description, Format::bin)) {
    const bool only_bin = description->formats.size() == 1;
    if (format == Format::b64 && !takes(*description, Format::b64)) stored = Format::bin;
    if (!format && only_bin) stored = Format::bin;
  }
  if (stored != Format::bin || (raw && format != Format::b64)) return TransferredValue{stored, Octets(value)};
  Result<Octets> octets = base64_decode(value);
  if (!octets) return Error{Errc::bad_format, "a value that should be Base64 is not"};
  return TransferredValue{stored, std::move(octets).value()};
}

}  // namespace omadm
