#include "bootstrap/smartcard/pkcs15.h"

#include <string_view>

#include "bootstrap/smartcard/tlv.h"

namespace omadm {
namespace {

constexpr std::uint8_t kInteger = 0x02, kBitString = 0x03, kOctetString = 0x04, kObjectId = 0x06;
constexpr std::uint8_t kSequence = 0x30, kContext0 = 0x80, kContext1 = 0xA1, kDataObjects = 0xA7;
constexpr std::string_view kBootstrapOid = "\x67\x2B\x07\x01";  // 2.23.43.7.1
constexpr std::size_t kMostEntries = 64;

std::size_t unsigned_of(Bytes octets) {
  std::size_t value = 0;
  for (const char octet : octets) value = (value << 8U | static_cast<unsigned char>(octet)) & 0xFFFFFFU;
  return value;
}

// Path ::= SEQUENCE { path OCTET STRING, index INTEGER OPTIONAL, length [0] INTEGER OPTIONAL }, without its head.
Result<CardPath> parse_path(Bytes octets) {
  CardPath path;
  TlvReader in(octets);
  for (;;) {
    const std::optional<Tlv> part = DM_TRY(in.next());
    if (!part) break;
    if (part->tag == kOctetString) path.ids = part->value;
    if (part->tag == kInteger) path.index = unsigned_of(part->value);
    if (part->tag == kContext0) path.length = unsigned_of(part->value);
  }
  if (path.ids.size() < 2 || path.ids.size() % 2 != 0) return Error{Errc::malformed, "a path that names no file"};
  return path;
}

// CommonObjectAttributes: label, flags (private, modifiable), authId, userConsent …
Result<void> read_common(Bytes octets, BootstrapObject& object) {
  TlvReader in(octets);
  for (;;) {
    const std::optional<Tlv> part = DM_TRY(in.next());
    if (!part) return {};
    if (part->tag == kBitString && part->value.size() > 1) {
      object.is_private = (static_cast<unsigned char>(part->value[1]) & 0x80U) != 0;
    }
    if (part->tag == kInteger) object.needs_consent = unsigned_of(part->value) != 0;
  }
}

// What all data objects begin with: common attributes, class attributes, and in [1] what is particular to the kind.
struct DataObject {
  Bytes common, of_class, of_type;
};
Result<std::optional<DataObject>> split_object(Bytes octets) {
  TlvReader in(octets);
  const std::optional<Bytes> common = DM_TRY(in.find(kSequence));
  const std::optional<Bytes> of_class = DM_TRY(in.find(kSequence));
  const std::optional<Bytes> of_type = DM_TRY(in.find(kContext1));
  if (!common || !of_class || !of_type) return std::optional<DataObject>();
  return std::optional(DataObject{*common, *of_class, *of_type});
}

Result<std::optional<BootstrapObject>> opaque_object(Bytes octets) {
  const std::optional<DataObject> parts = DM_TRY(split_object(octets));
  if (!parts) return std::optional<BootstrapObject>();
  TlvReader of_class(parts->of_class);
  const std::optional<Bytes> oid = DM_TRY(of_class.find(kObjectId));
  TlvReader of_type(parts->of_type);
  const std::optional<Bytes> path = DM_TRY(of_type.find(kSequence));
  if (!oid || *oid != kBootstrapOid || !path) return std::optional<BootstrapObject>();
  BootstrapObject object;
  object.path = DM_TRY(parse_path(*path));
  DM_TRY(read_common(parts->common, object));
  return std::optional(std::move(object));
}

Result<std::optional<BootstrapObject>> oid_object(Bytes octets) {
  const std::optional<DataObject> parts = DM_TRY(split_object(octets));
  if (!parts) return std::optional<BootstrapObject>();
  TlvReader of_type(parts->of_type);
  const std::optional<Bytes> holder = DM_TRY(of_type.find(kSequence));
  if (!holder) return std::optional<BootstrapObject>();
  TlvReader inside(*holder);
  const std::optional<Bytes> oid = DM_TRY(inside.find(kObjectId));
  const std::optional<Bytes> path = DM_TRY(inside.find(kSequence));
  if (!oid || *oid != kBootstrapOid || !path) return std::optional<BootstrapObject>();
  BootstrapObject object;
  object.path = DM_TRY(parse_path(*path));
  DM_TRY(read_common(parts->common, object));
  return std::optional(std::move(object));
}

}  // namespace

Result<std::vector<CardPath>> parse_odf(Bytes file) {
  std::vector<CardPath> paths;
  TlvReader in(file);
  while (paths.size() < kMostEntries) {
    const std::optional<Tlv> entry = DM_TRY(in.next());
    if (!entry) break;
    if (entry->tag != kDataObjects) continue;
    TlvReader inside(entry->value);
    if (const std::optional<Bytes> path = DM_TRY(inside.find(kSequence))) paths.push_back(DM_TRY(parse_path(*path)));
  }
  return paths;
}

Result<std::vector<BootstrapObject>> parse_dodf(Bytes file) {
  std::vector<BootstrapObject> objects;
  TlvReader in(file);
  while (objects.size() < kMostEntries) {
    const std::optional<Tlv> entry = DM_TRY(in.next());
    if (!entry) break;
    std::optional<BootstrapObject> object;
    if (entry->tag == kSequence) object = DM_TRY(opaque_object(entry->value));
    if (entry->tag == kContext1) object = DM_TRY(oid_object(entry->value));
    if (object) objects.push_back(std::move(*object));
  }
  return objects;
}

}  // namespace omadm
