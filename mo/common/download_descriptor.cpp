#include "mo/common/download_descriptor.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/markup/xml_reader.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxDescriptor = 65536;
constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxText = 8192;
constexpr std::size_t kMaxElements = 1000;

struct Field {
  std::string_view name;
  std::string DownloadDescriptor::*member;
};
constexpr std::array kFields{
    Field{"objectURI", &DownloadDescriptor::object_uri},
    Field{"name", &DownloadDescriptor::name},
    Field{"vendor", &DownloadDescriptor::vendor},
    Field{"description", &DownloadDescriptor::description},
    Field{"installNotifyURI", &DownloadDescriptor::install_notify_uri},
    Field{"installParam", &DownloadDescriptor::install_param},
};

// What a child of the root says; others, and what is in them, are passed over.
Result<void> take(DownloadDescriptor& descriptor, std::string_view name, std::string_view text) {
  text = trim(text);
  for (const Field& field : kFields) {
    if (field.name != name) continue;
    if (!(descriptor.*field.member).empty()) return Error{Errc::bad_format, "descriptor: two " + std::string(name)};
    descriptor.*field.member = text;
    return {};
  }
  if (name == "size") {
    const auto size = parse_unsigned(text);
    if (!size || *size == 0) return Error{Errc::bad_format, "descriptor: its size is no number of octets"};
    descriptor.size = *size;
  } else if (name == "type") {
    if (!text.empty()) descriptor.types.push_back(to_lower(text));
  } else if (name == "DDVersion" && split(text, '.').front() != "1") {
    return Error{Errc::unsupported, "descriptor: of another version than 1"};
  }
  return {};
}

Result<DownloadDescriptor> read(MarkupReader& reader) {
  DownloadDescriptor descriptor;
  std::size_t depth = 0;
  std::string name, text;
  while (true) {
    const Event event = DM_TRY(reader.next());
    if (std::holds_alternative<Done>(event)) return descriptor;
    if (const auto* start = std::get_if<Start>(&event)) {
      if (depth == 0 && start->name != "media") return Error{Errc::bad_format, "descriptor: its root is not media"};
      if (++depth == 2) name = start->name;
      text.clear();
    } else if (const auto* part = std::get_if<Text>(&event)) {
      if (depth == 2) text += part->text;
    } else if (std::holds_alternative<End>(event)) {
      if (depth-- == 2) DM_TRY(take(descriptor, name, text));
    }
  }
}

struct StatusRow {
  Errc error;
  InstallStatus status;
};
constexpr InstallStatus kLoaderError{954, "Loader Error"};
constexpr std::array kStatuses{
    StatusRow{Errc::storage_full, {901, "Insufficient memory"}},
    StatusRow{Errc::too_large, {901, "Insufficient memory"}},
    StatusRow{Errc::permission_denied, {902, "User Cancelled"}},
    StatusRow{Errc::transport, {903, "Loss of Service"}},
    StatusRow{Errc::timed_out, {903, "Loss of Service"}},
    StatusRow{Errc::corrupt, {905, "Attribute mismatch"}},
    StatusRow{Errc::bad_format, {906, "Invalid descriptor"}},
    StatusRow{Errc::unsupported, {951, "Invalid DDVersion"}},
    StatusRow{Errc::cancelled, {952, "Device Aborted"}},
    StatusRow{Errc::veto, {953, "Non-Acceptable Content"}},
    StatusRow{Errc::authentication, {953, "Non-Acceptable Content"}},
};

}  // namespace

Result<DownloadDescriptor> parse_download_descriptor(Bytes xml) {
  Limits limits;
  limits.max_octets = kMaxDescriptor;
  limits.max_depth = kMaxDepth;
  limits.max_text = kMaxText;
  limits.max_elements = kMaxElements;
  const auto reader = make_xml_reader(xml, limits);
  auto descriptor = read(*reader);
  if (!descriptor) {
    Error error = std::move(descriptor).error();
    if (error.code != Errc::unsupported) error.code = Errc::bad_format;
    return error;
  }
  if (descriptor->object_uri.empty() || descriptor->size == 0 || descriptor->types.empty()) {
    return Error{Errc::bad_format, "descriptor: it needs objectURI, size and type"};
  }
  return descriptor;
}

InstallStatus install_success() noexcept { return {900, "Success"}; }

InstallStatus install_status_of(Errc error) noexcept {
  const auto* const row = std::find_if(kStatuses.begin(), kStatuses.end(),
                                       [error](const StatusRow& candidate) { return candidate.error == error; });
  return row == kStatuses.end() ? kLoaderError : row->status;
}

}  // namespace omadm
