#include "syncml/codec/message_builder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "syncml/codec/command_names.h"
#include "syncml/codec/inline_markup.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxNesting = 8;  // Atomic and Sequence inside one another

// Room for so many commands is taken before they are read, going by the size of the document.
constexpr std::size_t kMostExpected = 128;
constexpr std::size_t kSmallCommand = 96;  // octets

bool is_container(const Command& command) noexcept {
  return command.name == CommandName::atomic || command.name == CommandName::sequence;
}

// Below a container, what is not one of SyncML's own elements may have been meant as a command.
bool is_foreign(Element element) noexcept {
  return element == Element::unknown || code_page(element) != CodePage::syncml;
}

}  // namespace

MessageBuilder::MessageBuilder(MarkupReader& reader, Encoding encoding, std::size_t size, const Limits& limits)
    : reader_(reader), limits_(limits) {
  message_.encoding = encoding;
  message_.commands.reserve(std::min(kMostExpected, 4 + size / kSmallCommand));
}

Result<Message> MessageBuilder::build() {
  DM_TRY(open_root());
  DM_TRY(children([this](const Start& start) -> Result<void> {
    if (start.element == Element::SyncHdr) return header();
    if (start.element == Element::SyncBody) return body();
    return skip_element(reader_);
  }));
  if (!has_header_ || !has_body_) return Error{Errc::malformed, "SyncHdr or SyncBody is missing"};
  if (reader_.step() == nullptr) return reader_.error();  // else Done: nothing is wrong behind the root element
  return std::move(message_);
}

Result<Message> MessageBuilder::build_header() {
  DM_TRY(open_root());
  while (!has_header_) {
    const Event* const event = reader_.step();
    if (event == nullptr) return reader_.error();
    if (const auto* start = std::get_if<Start>(event)) {
      DM_TRY(start->element == Element::SyncHdr ? header() : skip_element(reader_));
    } else if (std::holds_alternative<End>(*event)) {
      return Error{Errc::malformed, "SyncHdr is missing"};
    }
  }
  return std::move(message_);
}

Result<void> MessageBuilder::open_root() {
  const Event* const event = reader_.step();
  if (event == nullptr) return reader_.error();
  const auto* start = std::get_if<Start>(event);
  if (start == nullptr || start->element != Element::SyncML) return Error{Errc::malformed, "not a SyncML message"};
  return {};
}

// Calls `on_start` for each child of the element at hand; it must read to the end of that child.
template <typename OnStart>
Result<void> MessageBuilder::children(OnStart on_start) {
  while (true) {
    const Event* const event = reader_.step();
    if (event == nullptr) return reader_.error();
    if (const auto* start = std::get_if<Start>(event)) {
      DM_TRY(on_start(Start(*start)));  // the event is overwritten by what follows
    } else if (std::holds_alternative<End>(*event)) {
      return {};
    } else if (std::holds_alternative<Done>(*event)) {
      return Error{Errc::malformed, "the document ends inside an element"};
    }
  }
}

Result<MessageBuilder::Leaf> MessageBuilder::leaf() {
  scratch_.clear();
  bool is_opaque = false;
  while (true) {
    const Event* const event = reader_.step();
    if (event == nullptr) return reader_.error();
    if (const auto* piece = std::get_if<Text>(event)) {
      scratch_ += piece->text;
    } else if (const auto* octets = std::get_if<Opaque>(event)) {
      scratch_ += octets->octets;
      is_opaque = true;
    } else if (std::holds_alternative<End>(*event)) {
      return Leaf{scratch_, is_opaque};
    } else if (std::holds_alternative<Start>(*event)) {
      DM_TRY(skip_element(reader_));
    } else {
      return Error{Errc::malformed, "the document ends inside an element"};
    }
  }
}

Result<std::string_view> MessageBuilder::text() {
  if (const auto whole = reader_.leaf()) return message_.arena.copy(*whole);
  const Leaf content = DM_TRY(leaf());
  if (content.opaque && !is_utf8(content.octets)) return Error{Errc::malformed, "text that is not UTF-8"};
  return message_.arena.copy(content.octets);
}

Result<std::string_view> MessageBuilder::trimmed() {
  if (const auto whole = reader_.leaf()) {
    const bool is_trimmed = whole->empty() || (whole->front() > ' ' && whole->back() > ' ');
    return message_.arena.copy(is_trimmed ? *whole : trim(*whole));
  }
  return trim(DM_TRY(text()));
}

// Nonces and credentials are Base64 text, yet some servers send the raw octets as OPAQUE. Raw octets
// that happen to be Base64 cannot be told from text and count as text.
Result<std::string_view> MessageBuilder::base64() {
  const Leaf content = DM_TRY(leaf());
  if (!content.opaque || base64_decode(content.octets)) return message_.arena.copy(trim(content.octets));
  return message_.arena.copy(base64_encode(content.octets));
}

Result<void> MessageBuilder::header() {
  if (has_header_) return Error{Errc::malformed, "a second SyncHdr"};
  DM_TRY(children([this](const Start& start) { return header_member(start.element); }));
  has_header_ = true;
  return {};
}

Result<void> MessageBuilder::header_member(Element element) {
  SyncHdr& hdr = message_.header;
  switch (element) {
    case Element::VerDTD:
      hdr.ver_dtd = DM_TRY(trimmed());
      return {};
    case Element::VerProto:
      hdr.ver_proto = DM_TRY(trimmed());
      return {};
    case Element::SessionID:
      hdr.session_id = DM_TRY(trimmed());
      return {};
    case Element::MsgID:
      hdr.msg_id = DM_TRY(trimmed());
      return {};
    case Element::Target:
      return location(hdr.target, hdr.target_name);
    case Element::Source:
      return location(hdr.source, hdr.source_name);
    case Element::RespURI:
      hdr.resp_uri = DM_TRY(trimmed());
      return {};
    case Element::Cred:
      return cred(hdr.cred.emplace());
    case Element::Meta:
      return meta(hdr.meta);
    default:
      return skip_element(reader_);
  }
}

Result<void> MessageBuilder::body() {
  if (has_body_) return Error{Errc::malformed, "a second SyncBody"};
  DM_TRY(children([this](const Start& start) -> Result<void> {
    if (start.element != Element::Final) return add_command(message_.commands, start, 0);
    message_.final_message = true;
    return skip_element(reader_);
  }));
  has_body_ = true;
  return {};
}

Result<void> MessageBuilder::location(std::string_view& uri, std::string_view& name) {
  std::optional<std::string_view> new_uri, new_name;
  DM_TRY(location(new_uri, new_name));
  uri = new_uri.value_or(std::string_view());
  name = new_name.value_or(std::string_view());
  return {};
}

Result<void> MessageBuilder::location(std::optional<std::string_view>& uri, std::optional<std::string_view>& name) {
  return children([&](const Start& start) -> Result<void> {
    if (start.element == Element::LocURI) {
      uri = DM_TRY(text());
    } else if (start.element == Element::LocName) {
      name = DM_TRY(text());
    } else {
      return skip_element(reader_);
    }
    return {};
  });
}

Result<void> MessageBuilder::cred(Cred& cred) {
  return children([&](const Start& start) -> Result<void> {
    if (start.element == Element::Meta) return meta(cred.meta);
    if (start.element != Element::Data) return skip_element(reader_);
    cred.data = DM_TRY(base64());
    return {};
  });
}

// The members stand below Meta, or below MetInf below Meta (PRO-381).
Result<void> MessageBuilder::meta(Meta& meta) {
  for (std::size_t wrappers = 1; wrappers > 0;) {
    const Event* const event = reader_.step();
    if (event == nullptr) return reader_.error();
    if (const auto* start = std::get_if<Start>(event)) {
      if (start->element == Element::MetMetInf) {
        ++wrappers;
      } else {
        DM_TRY(meta_member(start->element, meta));
      }
    } else if (std::holds_alternative<End>(*event)) {
      --wrappers;
    } else if (std::holds_alternative<Done>(*event)) {
      return Error{Errc::malformed, "the document ends inside Meta"};
    }
  }
  return {};
}

Result<void> MessageBuilder::meta_member(Element element, Meta& meta) {
  switch (element) {
    case Element::MetFormat:
      meta.format = DM_TRY(trimmed());
      return {};
    case Element::MetType:
      meta.type = DM_TRY(trimmed());
      return {};
    case Element::MetMark:
      meta.mark = DM_TRY(trimmed());
      return {};
    case Element::MetSize:
      meta.size = DM_TRY(trimmed());
      return {};
    case Element::MetNextNonce:
      meta.next_nonce = DM_TRY(base64());
      return {};
    case Element::MetMaxMsgSize:
      meta.max_msg_size = DM_TRY(trimmed());
      return {};
    case Element::MetMaxObjSize:
      meta.max_obj_size = DM_TRY(trimmed());
      return {};
    default:
      return skip_element(reader_);
  }
}

Result<void> MessageBuilder::chal(Command& command) {
  Meta& challenge = command.chal.emplace();
  return children([&](const Start& start) -> Result<void> {
    return start.element == Element::Meta ? meta(challenge) : skip_element(reader_);
  });
}

Result<void> MessageBuilder::add_command(std::vector<Command>& commands, const Start& start, std::size_t nesting) {
  if (++commands_ > limits_.max_commands) return Error{Errc::too_large, "too many commands"};
  Command& command = commands.emplace_back();
  const std::optional<CommandName> name = command_of(start.element);
  if (!name) {
    command.element = message_.arena.copy(start.name);
    return unknown_command(command);
  }
  command.name = *name;
  if (is_container(command) && nesting == kMaxNesting) return Error{Errc::malformed, "commands nested too deeply"};
  return children([&](const Start& member) { return command_member(command, member, nesting); });
}

Result<void> MessageBuilder::unknown_command(Command& command) {
  return children([&](const Start& start) -> Result<void> {
    if (start.element != Element::CmdID) return skip_element(reader_);
    command.cmd_id = DM_TRY(trimmed());
    return {};
  });
}

Result<void> MessageBuilder::command_member(Command& command, const Start& start, std::size_t nesting) {
  switch (start.element) {
    case Element::CmdID:
      command.cmd_id = DM_TRY(trimmed());
      return {};
    case Element::Item:
      return item(command.items);
    case Element::Meta:
      return meta(command.meta);
    case Element::Correlator:
      command.correlator = DM_TRY(text());
      return {};
    case Element::Data:
      command.data = DM_TRY(trimmed());
      command.has_data = true;
      return {};
    case Element::MsgRef:
      command.msg_ref = DM_TRY(trimmed());
      return {};
    case Element::CmdRef:
      command.cmd_ref = DM_TRY(trimmed());
      return {};
    case Element::Cmd:
      command.cmd = DM_TRY(trimmed());
      return {};
    case Element::TargetRef:
      command.target_refs.push_back(DM_TRY(text()));
      return {};
    case Element::SourceRef:
      command.source_refs.push_back(DM_TRY(text()));
      return {};
    case Element::Chal:
      return chal(command);
    default:
      break;
  }
  if (is_container(command) && (command_of(start.element) || is_foreign(start.element))) {
    return add_command(command.children, start, nesting + 1);
  }
  return skip_element(reader_);  // NoResp, Lang, Cred and the like (PRO-080, PRO-081)
}

Result<void> MessageBuilder::item(std::vector<Item>& items) {
  if (++items_ > limits_.max_commands) return Error{Errc::too_large, "too many Items"};
  Item& item = items.emplace_back();
  return children([&](const Start& start) -> Result<void> {
    switch (start.element) {
      case Element::Target:
        return location(item.target, item.target_name);
      case Element::Source:
        return location(item.source, item.source_name);
      case Element::Meta:
        return meta(item.meta);
      case Element::Data:
        return data(item.data.emplace());
      case Element::MoreData:
        item.more_data = true;
        return skip_element(reader_);
      default:
        return skip_element(reader_);
    }
  });
}

Result<void> MessageBuilder::data(Data& data) {
  if (const auto whole = reader_.leaf()) {
    data.octets = message_.arena.copy(*whole);
    return {};
  }
  scratch_.clear();
  std::optional<InlineMarkup> markup;
  while (true) {
    const Event* const event = reader_.step();
    if (event == nullptr) return reader_.error();
    if (const auto* piece = std::get_if<Text>(event)) {
      markup ? markup->text(piece->text) : static_cast<void>(scratch_ += piece->text);
    } else if (const auto* octets = std::get_if<Opaque>(event)) {
      markup ? markup->opaque(octets->octets) : static_cast<void>(scratch_ += octets->octets);
      data.opaque = true;
    } else if (const auto* start = std::get_if<Start>(event)) {
      if (!markup) markup.emplace(limits_.max_octets - inline_octets_).opaque(scratch_);
      DM_TRY(markup->element(reader_, Start(*start)));
    } else if (std::holds_alternative<End>(*event)) {
      break;
    } else {
      return Error{Errc::malformed, "the document ends inside Data"};
    }
  }
  if (!markup) {
    data.octets = message_.arena.copy(scratch_);
    return {};
  }
  const std::string xml = markup->finish();
  inline_octets_ += xml.size();
  if (inline_octets_ > limits_.max_octets) return Error{Errc::too_large, "too much markup inside Data"};
  data = {message_.arena.copy(xml), false};
  return {};
}

}  // namespace omadm
