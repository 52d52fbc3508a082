#include "syncml/session/large_object.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace omadm {

bool LargeObject::continues(const Command& command, const Item& item) const noexcept {
  return open_ && command.name == command_ && item.target.value_or("") == target_ &&
         item.source.value_or("") == source_;
}

// The remaining chunks are answered the same, and nothing of the object is kept.
StatusCode LargeObject::refuse(StatusCode status) {
  stream_.reset();
  octets_.clear();
  octets_.shrink_to_fit();
  refused_ = status;
  return status;
}

ItemOutcome LargeObject::start(const Command& command, const Item& item, const OpenStream& open_stream) {
  drop();
  open_ = true;
  command_ = command.name;
  has_target_ = item.target.has_value();
  has_source_ = item.source.has_value();
  target_ = item.target.value_or("");
  source_ = item.source.value_or("");
  format_ = item.meta.format.value_or(command.meta.format.value_or(""));
  type_ = item.meta.type.value_or(command.meta.type.value_or(""));
  const auto answer = [this](StatusCode status) { return ItemOutcome{refuse(status), {}, {}, {}}; };
  const auto size_text = item.meta.size ? item.meta.size : command.meta.size;
  if (!size_text) return answer(StatusCode::size_required);
  const auto size = parse_unsigned(trim(*size_text));
  if (!size) return answer(StatusCode::bad_request);
  size_ = *size;
  StreamOpening opening = open_stream(size_);
  if (auto* refusal = std::get_if<ItemOutcome>(&opening)) {
    refuse(refusal->status);
    return std::move(*refusal);
  }
  stream_ = std::get<std::unique_ptr<ValueStream>>(std::move(opening));
  if ((!stream_ || limits_files_) && size_ > max_obj_size_) return answer(StatusCode::entity_too_large);
  return {StatusCode::chunk_accepted, {}, {}, {}};
}

// An object for a file must not have more than it said, for there is no other limit to what is written.
Result<void> LargeObject::add(const Item& item) {
  const std::string_view octets = item.data ? item.data->octets : std::string_view();
  count_ += octets.size();
  if (stream_) return count_ > size_ ? Result<void>() : stream_->write(octets);
  if (count_ > max_obj_size_) return Error{Errc::too_large, "an object over MaxObjSize"};
  octets_.append(octets);
  opaque_ = opaque_ || (item.data && item.data->opaque);
  return {};
}

ItemOutcome LargeObject::take(const Command& command, const Item& item, const OpenStream& open_stream) {
  ItemOutcome outcome;
  if (!continues(command, item)) {
    outcome = start(command, item, open_stream);
    if (!is_success(outcome.status)) return outcome;
  }
  outcome.status = refused_.value_or(StatusCode::chunk_accepted);
  if (refused_) return outcome;
  if (const auto added = add(item); !added) outcome.status = refuse(status_of(added.error(), AccessType::replace));
  if (stream_ && count_ > size_) outcome.status = refuse(StatusCode::size_mismatch);
  return outcome;
}

std::optional<StatusCode> LargeObject::finish(const Item& item) {
  if (refused_) return refused_;
  const auto added = add(item);
  if (count_ != size_) return StatusCode::size_mismatch;
  if (!added) return status_of(added.error(), AccessType::replace);
  if (stream_) {
    auto value = std::move(*stream_).finish();
    if (!value) return status_of(value.error(), AccessType::replace);
    value_ = *std::move(value);
  }
  whole_ = {};
  if (has_target_) whole_.target = target_;
  if (has_source_) whole_.source = source_;
  if (!format_.empty()) whole_.meta.format = format_;
  if (!type_.empty()) whole_.meta.type = type_;
  whole_.data = Data{octets_, opaque_};
  return std::nullopt;
}

void LargeObject::drop() {
  *this = LargeObject(max_obj_size_, limits_files_);
  octets_.shrink_to_fit();  // a string that is assigned to keeps its memory
}

}  // namespace omadm
