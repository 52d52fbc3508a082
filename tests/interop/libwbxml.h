// The second opinion: libwbxml's two conversions, on documents of our own only.
#pragma once

#include <wbxml/wbxml.h>

#include <cstdlib>
#include <string>

#include "base/bytes.h"

namespace omadm::test {

struct Conversion {
  WBXMLError error = WBXML_OK;
  Octets document;
};

inline Octets take_result(WB_UTINY* result, WB_ULONG length) {
  Octets document = result != nullptr ? Octets(reinterpret_cast<const char*>(result), length) : Octets();
  std::free(result);
  return document;
}

inline Conversion libwbxml_to_xml(Octets wbxml) {
  WBXMLConvWBXML2XML* converter = nullptr;
  Conversion conversion{wbxml_conv_wbxml2xml_create(&converter), {}};
  if (conversion.error != WBXML_OK) return conversion;
  wbxml_conv_wbxml2xml_set_gen_type(converter, WBXML_GEN_XML_CANONICAL);
  wbxml_conv_wbxml2xml_enable_preserve_whitespaces(converter);
  WB_UTINY* xml = nullptr;
  WB_ULONG length = 0;
  conversion.error = wbxml_conv_wbxml2xml_run(converter, reinterpret_cast<WB_UTINY*>(wbxml.data()),
                                              static_cast<WB_ULONG>(wbxml.size()), &xml, &length);
  conversion.document = take_result(xml, length);
  wbxml_conv_wbxml2xml_destroy(converter);
  return conversion;
}

inline Conversion libwbxml_to_wbxml(Octets xml, bool string_table) {
  WBXMLConvXML2WBXML* converter = nullptr;
  Conversion conversion{wbxml_conv_xml2wbxml_create(&converter), {}};
  if (conversion.error != WBXML_OK) return conversion;
  if (!string_table) wbxml_conv_xml2wbxml_disable_string_table(converter);
  wbxml_conv_xml2wbxml_enable_preserve_whitespaces(converter);
  WB_UTINY* wbxml = nullptr;
  WB_ULONG length = 0;
  conversion.error = wbxml_conv_xml2wbxml_run(converter, reinterpret_cast<WB_UTINY*>(xml.data()),
                                              static_cast<WB_ULONG>(xml.size()), &wbxml, &length);
  conversion.document = take_result(wbxml, length);
  wbxml_conv_xml2wbxml_destroy(converter);
  return conversion;
}

}  // namespace omadm::test
