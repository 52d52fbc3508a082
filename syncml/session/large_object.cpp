#include "syncml/session/large_object.h"

#include <algorithm>

#include "base/text.h"

namespace omadm {

bool LargeObject::continues(const Command& command, const Item& item) const noexcept {
  return open_ && command.name == command_ && item.target.value_or("") == target_ &&
         item.source.value_or("") == source_;
}

StatusCode LargeObject::start(const Command& command, const Item& item) {
  drop();
  open_ = true;
  command_ = command.name;
  has_target_ = item.target.has_value();
  has_source_ = item.source.has_value();
  target_ = item.target.value_or("");
  source_ = item.source.value_or("");
  format_ = item.meta.format.value_or(command.meta.format.value_or(""));
  type_ = item.meta.type.value_or(command.meta.type.value_or(""));
  const auto size_text = item.meta.size ? item.meta.size : command.meta.size;
  if (!size_text) return *(refused_ = StatusCode::size_required);
  const auto size = parse_unsigned(trim(*size_text));
  if (!size) return *(refused_ = StatusCode::bad_request);
  if (*size > max_obj_size_) return *(refused_ = StatusCode::entity_too_large);
  size_ = *size;
  return StatusCode::chunk_accepted;
}

StatusCode LargeObject::take(const Command& command, const Item& item) {
  if (!continues(command, item)) {
    const StatusCode started = start(command, item);
    if (!is_success(started)) return started;
  }
  if (refused_) return *refused_;
  const std::string_view octets = item.data ? item.data->octets : std::string_view();
  if (octets_.size() + octets.size() > max_obj_size_) {
    octets_ = {};
    return *(refused_ = StatusCode::entity_too_large);
  }
  octets_.append(octets);
  opaque_ = opaque_ || (item.data && item.data->opaque);
  return StatusCode::chunk_accepted;
}

std::optional<StatusCode> LargeObject::finish(const Item& item) {
  if (refused_) return refused_;
  const std::string_view octets = item.data ? item.data->octets : std::string_view();
  if (octets_.size() + octets.size() != size_) return StatusCode::size_mismatch;
  octets_.append(octets);
  opaque_ = opaque_ || (item.data && item.data->opaque);
  whole_ = {};
  if (has_target_) whole_.target = target_;
  if (has_source_) whole_.source = source_;
  if (!format_.empty()) whole_.meta.format = format_;
  if (!type_.empty()) whole_.meta.type = type_;
  whole_.data = Data{octets_, opaque_};
  return std::nullopt;
}

void LargeObject::drop() { *this = LargeObject(max_obj_size_); }

}  // namespace omadm
