// The format names as elements of DDF and TNDS documents: <Format><chr/></Format>. [TND] "DFFormat".
#pragma once

#include <array>
#include <optional>

#include "base/markup/vocabulary.h"
#include "dmtree/value.h"

namespace omadm {

struct FormatElement {
  Element element;
  Format format;
};
inline constexpr std::array kFormatElements{
    FormatElement{Element::DdfB64, Format::b64},      FormatElement{Element::DdfBin, Format::bin},
    FormatElement{Element::DdfBool, Format::bool_},   FormatElement{Element::DdfChr, Format::chr},
    FormatElement{Element::DdfInt, Format::int_},     FormatElement{Element::DdfNodeFormat, Format::node},
    FormatElement{Element::DdfNull, Format::null},    FormatElement{Element::DdfXml, Format::xml},
    FormatElement{Element::DdfDate, Format::date},    FormatElement{Element::DdfTime, Format::time},
    FormatElement{Element::DdfFloat, Format::float_},
};

constexpr std::optional<Format> format_of(Element element) noexcept {
  for (const FormatElement& row : kFormatElements) {
    if (row.element == element) return row.format;
  }
  return std::nullopt;
}

constexpr Element element_of(Format format) noexcept {
  for (const FormatElement& row : kFormatElements) {
    if (row.format == format) return row.element;
  }
  return Element::unknown;
}

}  // namespace omadm
