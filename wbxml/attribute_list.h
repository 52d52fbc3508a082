// The attributes of one WBXML tag. [WBXML] "Attribute Code Space".
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

struct WbxmlAttribute {
  std::string name;
  std::string value;  // UTF-8
};

// What an attribute list needs of the document around it.
struct AttributeSurroundings {
  ByteReader& in;                             // behind the tag
  std::uint8_t& page;                         // of attributes: persists from tag to tag (BOOT-020)
  std::function<Result<Bytes>()> from_table;  // reads an index and gives that string
  std::function<Result<std::string>()> entity;
  bool has_table = false;
  std::size_t max_text = 0;  // octets of all values of the tag
};

// Up to and with the END, in the vocabulary of Client Provisioning. An attribute of another vocabulary, or one
// whose value has such a part, is left out. malformed; too_large.
Result<std::vector<WbxmlAttribute>> read_provisioning_attributes(const AttributeSurroundings& at);

}  // namespace omadm
