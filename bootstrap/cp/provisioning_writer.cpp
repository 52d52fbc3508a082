#include <algorithm>
#include <optional>

#include "base/text.h"
#include "bootstrap/cp/provisioning_document.h"
#include "wbxml/global_tokens.h"
#include "wbxml/tables/provisioning.h"

namespace omadm {
namespace {

using provisioning::AttributeStart;

class WbxmlDocumentWriter {
 public:
  Octets write(const Characteristic& document) && {
    put({0x03, provisioning::kPublicId, 0x6A, 0x00});  // WBXML 1.3, UTF-8, no string table
    tag(provisioning::kDocumentTag, true);
    attribute("version", "1.0");
    put({wbxml::kEnd});
    content(document);
    put({wbxml::kEnd});
    return std::move(out_);
  }

 private:
  void put(std::initializer_list<unsigned> octets) {
    for (const unsigned octet : octets) out_.push_back(static_cast<char>(octet));
  }

  void tag(std::uint8_t token, bool has_content) {
    put({static_cast<unsigned>(token | wbxml::kAttributes | (has_content ? wbxml::kContent : 0))});
  }

  void content(const Characteristic& characteristic) {
    for (const ProvisioningParm& parm : characteristic.parms) {
      tag(provisioning::kParmTag, false);
      attribute("name", parm.name);
      if (!parm.value.empty()) attribute("value", parm.value);
      put({wbxml::kEnd});
    }
    for (const Characteristic& child : characteristic.children) {
      tag(provisioning::kCharacteristicTag, true);
      attribute("type", child.type);
      put({wbxml::kEnd});
      content(child);
      put({wbxml::kEnd});
    }
  }

  // The token that says all of the value, on the page we are on if it has one; else the bare name and text.
  void attribute(std::string_view name, std::string_view value) {
    const AttributeStart* best = nullptr;
    for (const AttributeStart& row : provisioning::attribute_starts()) {
      if (row.name != name || (row.value != value && !row.value.empty())) continue;
      const auto rank = [this](const AttributeStart& r) {
        return (r.value.empty() ? 0 : 2) + (r.page == page_ ? 1 : 0);
      };
      if (best == nullptr || rank(row) > rank(*best)) best = &row;
    }
    switch_page(best->page);
    put({best->token});
    if (best->value.empty()) text(value);
  }

  void text(std::string_view value) {
    for (const provisioning::AttributeValue& row : provisioning::attribute_values()) {
      if (row.page == page_ && row.text == value && row.token > 0x84) return put({row.token});
    }
    put({wbxml::kStrI});
    out_ += value;
    put({0});
  }

  void switch_page(std::uint8_t page) {
    if (page == page_) return;
    put({wbxml::kSwitchPage, page});
    page_ = page;
  }

  Octets out_;
  std::uint8_t page_ = 0;
};

void append_attribute(Octets& out, std::string_view name, std::string_view value) {
  out += ' ';
  out += name;
  out += "=\"";
  for (const char c : value) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\t':
      case '\n':
      case '\r':
        out += "&#" + std::to_string(static_cast<int>(c)) + ';';
        break;
      default:
        out += c;
    }
  }
  out += '"';
}

void append_content(Octets& out, const Characteristic& characteristic) {
  for (const ProvisioningParm& parm : characteristic.parms) {
    out += "<parm";
    append_attribute(out, "name", parm.name);
    if (!parm.value.empty()) append_attribute(out, "value", parm.value);
    out += "/>";
  }
  for (const Characteristic& child : characteristic.children) {
    out += "<characteristic";
    append_attribute(out, "type", child.type);
    out += '>';
    append_content(out, child);
    out += "</characteristic>";
  }
}

}  // namespace

Octets write_provisioning(const Characteristic& document, Encoding encoding) {
  if (encoding == Encoding::wbxml) return WbxmlDocumentWriter().write(document);
  Octets out =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE wap-provisioningdoc PUBLIC \"-//WAPFORUM//DTD PROV 1.0//EN\" "
      "\"http://www.wapforum.org/DTD/prov.dtd\">\n<wap-provisioningdoc version=\"1.0\">";
  append_content(out, document);
  return out + "</wap-provisioningdoc>\n";
}

}  // namespace omadm
