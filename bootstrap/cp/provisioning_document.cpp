#include "bootstrap/cp/provisioning_document.h"

#include <memory>
#include <utility>

#include "base/markup/xml_reader.h"
#include "base/text.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

// A document for one device: anything near these is not meant to be read.
constexpr Limits kLimits{.max_octets = 256U << 10U, .max_depth = 16, .max_text = 64U << 10U, .max_elements = 1U << 13U};

// What one element said of itself.
struct Tag {
  std::string name, type, parm, value, version;

  void take(const Attribute& attribute) {
    if (attribute.name == "type") type = attribute.value;
    if (attribute.name == "name") parm = attribute.value;
    if (attribute.name == "value") value = attribute.value;
    if (attribute.name == "version") version = attribute.value;
  }
};

class DocumentReader {
 public:
  explicit DocumentReader(MarkupReader& reader) : reader_(reader) {}

  Result<Characteristic> read() {
    for (;;) {
      const Event event = DM_TRY(reader_.next());
      if (const auto* start = std::get_if<Start>(&event)) {
        DM_TRY(finish_tag());
        tag_ = Tag{std::string(start->name), {}, {}, {}, {}};
        tagged_ = true;
      } else if (const auto* attribute = std::get_if<Attribute>(&event)) {
        tag_.take(*attribute);
      } else if (std::holds_alternative<End>(event)) {
        DM_TRY(finish_tag());
        close();
      } else if (std::holds_alternative<Done>(event)) {
        return std::move(document_);
      }
    }
  }

 private:
  // The start of an element is over: its attributes are all there.
  Result<void> finish_tag() {
    if (!std::exchange(tagged_, false)) return {};
    if (open_.empty()) return begin_document();
    Characteristic* const parent = open_.back();
    Characteristic* own = nullptr;  // of elements we skip, and of everything in them
    if (parent != nullptr && tag_.name == "characteristic") {
      own = &parent->children.emplace_back();
      own->type = std::move(tag_.type);
    } else if (parent != nullptr && tag_.name == "parm" && !tag_.parm.empty()) {
      parent->parms.push_back({std::move(tag_.parm), std::move(tag_.value)});
    }
    open_.push_back(own);
    return {};
  }

  Result<void> begin_document() {
    if (tag_.name != kProvisioningRoot) {
      return Error{Errc::unsupported, "not a provisioning document: it begins with " + tag_.name};
    }
    if (!tag_.version.empty() && tag_.version != "1.0" && tag_.version != "1.1") {
      return Error{Errc::unsupported, "a provisioning document of another version"};
    }
    open_.push_back(&document_);
    return {};
  }

  // Only the innermost characteristic grows: the pointers to those around it stay good.
  void close() { open_.pop_back(); }

  MarkupReader& reader_;
  Characteristic document_;
  std::vector<Characteristic*> open_;
  Tag tag_;
  bool tagged_ = false;
};

}  // namespace

bool Characteristic::is(std::string_view wanted) const noexcept { return equals_ignoring_case(type, wanted); }

const std::string* Characteristic::value(std::string_view parm) const noexcept {
  for (const ProvisioningParm& candidate : parms) {
    if (equals_ignoring_case(candidate.name, parm)) return &candidate.value;
  }
  return nullptr;
}

std::vector<std::string_view> Characteristic::values(std::string_view parm) const {
  std::vector<std::string_view> found;
  for (const ProvisioningParm& candidate : parms) {
    if (equals_ignoring_case(candidate.name, parm)) found.push_back(candidate.value);
  }
  return found;
}

std::vector<const Characteristic*> Characteristic::all(std::string_view child_type) const {
  std::vector<const Characteristic*> found;
  for (const Characteristic& child : children) {
    if (child.is(child_type)) found.push_back(&child);
  }
  return found;
}

Result<Characteristic> read_provisioning(Bytes document) {
  const std::unique_ptr<MarkupReader> reader = looks_like_wbxml(document)
                                                   ? make_provisioning_wbxml_reader(document, kLimits)
                                                   : make_xml_reader(document, kLimits, XmlAttributes::reported);
  return DocumentReader(*reader).read();
}

}  // namespace omadm
