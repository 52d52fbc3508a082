#include "syncml/session/value_stream.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kLongestCharacter = 4;  // octets of UTF-8

// How many octets at the end of `text` begin a character without completing it.
std::size_t cut_character(Bytes text) noexcept {
  for (std::size_t count = 1; count < kLongestCharacter && count <= text.size(); ++count) {
    const auto octet = static_cast<unsigned char>(text[text.size() - count]);
    if (octet < 0x80) return 0;
    if (octet < 0xC0) continue;
    const std::size_t wanted = octet >= 0xF0 ? 4 : octet >= 0xE0 ? 3 : 2;
    return wanted > count ? count : 0;
  }
  return 0;
}

Error not_text() { return {Errc::veto, "the value is not UTF-8"}; }

// About what is left of Base64, the line ends of RFC 2045 taken off.
std::uint64_t decoded_size(std::uint64_t text) noexcept { return text / 78 * 76 / 4 * 3; }

}  // namespace

Result<void> ValueStream::write(Bytes data) {
  if (!is_base64_) return put(data);
  const Octets octets = DM_TRY(base64_.decode(data));
  return put(octets);
}

Result<void> ValueStream::put(Bytes octets) {
  if (!is_text_) return sink_->write(octets);
  cut_ += octets;
  const std::size_t whole = cut_.size() - cut_character(cut_);
  const Octets rest = cut_.substr(whole);
  cut_.resize(whole);
  if (!is_utf8(cut_)) return not_text();
  DM_TRY(sink_->write(cut_));
  cut_ = rest;
  return {};
}

Result<std::unique_ptr<ValueSink>> ValueStream::finish() && {
  if (is_base64_) {
    const Octets last = DM_TRY(base64_.finish());
    DM_TRY(put(last));
  }
  if (!cut_.empty()) return not_text();
  return std::move(sink_);
}

StreamOpening open_value_stream(const CommandContext& context, const ItemRequest& request, std::uint64_t size) {
  const CommandName command = request.command.name;
  if ((command != CommandName::add && command != CommandName::replace) || is_tnds(request)) return nullptr;
  const auto address = address_of(request.item.target, context.tree.uri_limits());
  if (!address || address->suffix != Address::Suffix::none) return nullptr;
  const Uri& leaf = address->node;
  FileKeeper* keeper = context.tree.file_keeper(leaf);
  if (keeper == nullptr || is_natively_base64(context.tree, leaf)) return nullptr;

  Transaction rehearsal = context.tree.begin(context.who);
  rehearsal.rehearse();
  ItemRequest without_value = request;
  without_value.value_in_file = true;
  const bool adds = command == CommandName::add;
  ItemOutcome outcome =
      adds ? handle_add(context, rehearsal, without_value) : handle_replace(context, rehearsal, without_value);
  if (!is_success(outcome.status)) return outcome;
  const std::optional<Node> node = rehearsal.peek(leaf);
  const Format format = node ? node->format : Format::node;
  if (format != Format::bin && format != Format::chr && format != Format::xml) return nullptr;
  const bool base64 = is_in_base64(context, request);
  auto sink = keeper->receive(leaf, base64 ? decoded_size(size) : size);
  if (!sink) return refused(sink.error(), adds ? AccessType::add : AccessType::replace);
  return std::make_unique<ValueStream>(*std::move(sink), base64, format);
}

}  // namespace omadm
