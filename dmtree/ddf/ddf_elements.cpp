#include "dmtree/ddf/ddf_elements.h"

#include <algorithm>

namespace omadm {
namespace {

template <typename Meaning>
struct Row {
  Element element;
  Meaning meaning;
};

constexpr std::array kAccessTypes{
    Row<AccessType>{Element::DdfAdd, AccessType::add},        Row<AccessType>{Element::DdfCopy, AccessType::copy},
    Row<AccessType>{Element::DdfDelete, AccessType::delete_}, Row<AccessType>{Element::DdfExec, AccessType::exec},
    Row<AccessType>{Element::DdfGet, AccessType::get},        Row<AccessType>{Element::DdfReplace, AccessType::replace},
};

constexpr std::array kFormats{
    Row<Format>{Element::DdfB64, Format::b64},      Row<Format>{Element::DdfBin, Format::bin},
    Row<Format>{Element::DdfBool, Format::bool_},   Row<Format>{Element::DdfChr, Format::chr},
    Row<Format>{Element::DdfInt, Format::int_},     Row<Format>{Element::DdfNodeFormat, Format::node},
    Row<Format>{Element::DdfNull, Format::null},    Row<Format>{Element::DdfXml, Format::xml},
    Row<Format>{Element::DdfDate, Format::date},    Row<Format>{Element::DdfTime, Format::time},
    Row<Format>{Element::DdfFloat, Format::float_},
};

constexpr std::array kProperties{
    Row<Property>{Element::DdfACL, Property::acl},     Row<Property>{Element::DdfFormat, Property::format},
    Row<Property>{Element::DdfName, Property::name},   Row<Property>{Element::DdfSize, Property::size},
    Row<Property>{Element::DdfTitle, Property::title}, Row<Property>{Element::DdfTStamp, Property::tstamp},
    Row<Property>{Element::DdfType, Property::type},   Row<Property>{Element::DdfVerNo, Property::verno},
};

constexpr std::array kOccurrences{
    Row<DdfOccurrenceForm>{Element::DdfOne, {1, 1, false}},
    Row<DdfOccurrenceForm>{Element::DdfZeroOrOne, {0, 1, false}},
    Row<DdfOccurrenceForm>{Element::DdfZeroOrMore, {0, 0, false}},
    Row<DdfOccurrenceForm>{Element::DdfOneOrMore, {1, 0, false}},
    Row<DdfOccurrenceForm>{Element::DdfZeroOrN, {0, 0, true}},
    Row<DdfOccurrenceForm>{Element::DdfOneOrN, {1, 0, true}},
};

template <typename Table>
auto look_up(const Table& table, Element element) noexcept {
  using Meaning = decltype(table.front().meaning);
  const auto row = std::find_if(table.begin(), table.end(), [&](const auto& r) { return r.element == element; });
  return row != table.end() ? std::optional<Meaning>(row->meaning) : std::nullopt;
}

}  // namespace

std::optional<AccessType> ddf_access_type(Element element) noexcept { return look_up(kAccessTypes, element); }
std::optional<Format> ddf_format(Element element) noexcept { return look_up(kFormats, element); }
std::optional<Property> ddf_property(Element element) noexcept { return look_up(kProperties, element); }
std::optional<DdfOccurrenceForm> ddf_occurrence(Element element) noexcept { return look_up(kOccurrences, element); }

}  // namespace omadm
