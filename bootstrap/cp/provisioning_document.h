// OMA Client Provisioning documents: characteristics with parameters, in XML or WBXML. [ProvCont]; BOOT-010.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/markup/markup.h"
#include "base/result.h"

namespace omadm {

inline constexpr std::string_view kProvisioningWbxmlType = "application/vnd.wap.connectivity-wbxml";
inline constexpr std::string_view kProvisioningXmlType = "text/vnd.wap.connectivity-xml";
inline constexpr std::string_view kProvisioningRoot = "wap-provisioningdoc";

struct ProvisioningParm {
  std::string name;
  std::string value;  // empty also when there is none
};

struct Characteristic {
  std::string type;  // of the document itself: empty
  std::vector<ProvisioningParm> parms;
  std::vector<Characteristic> children;

  bool is(std::string_view wanted) const noexcept;                            // its type, whatever the case
  const std::string* value(std::string_view parm) const noexcept;             // of the first of that name; null: none
  std::vector<std::string_view> values(std::string_view parm) const;          // of all of that name, in order
  std::vector<const Characteristic*> all(std::string_view child_type) const;  // children, in order
};

// malformed, too_large; unsupported: another root element or version, or the public id of another document.
Result<Characteristic> read_provisioning(Bytes document);

// The document with those characteristics: XML, or WBXML 1.3 without string table.
Octets write_provisioning(const Characteristic& document, Encoding encoding);

}  // namespace omadm
