// Markup events to a Message. It cannot tell XML from WBXML.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/markup/markup.h"
#include "base/result.h"
#include "syncml/message.h"

namespace omadm {

// One use. `reader` stands at the beginning of a document and must outlive the builder.
class MessageBuilder {
 public:
  // `size`: of the document, octets.
  MessageBuilder(MarkupReader& reader, Encoding encoding, std::size_t size, const Limits& limits);

  Result<Message> build();
  Result<Message> build_header();  // stops behind SyncHdr

 private:
  struct Leaf {
    std::string_view octets;  // in scratch_, until the next leaf
    bool opaque = false;
  };

  Result<void> open_root();
  template <typename OnStart>
  Result<void> children(OnStart on_start);
  Result<Leaf> leaf();
  Result<std::string_view> text();     // as written
  Result<std::string_view> trimmed();  // without white space around it
  Result<std::string_view> base64();   // OPAQUE octets that are not Base64 become Base64

  Result<void> header();
  Result<void> header_member(Element element);
  Result<void> body();
  Result<void> location(std::string_view& uri, std::string_view& name);
  Result<void> location(std::optional<std::string_view>& uri, std::optional<std::string_view>& name);
  Result<void> cred(Cred& cred);
  Result<void> meta(Meta& meta);
  Result<void> meta_member(Element element, Meta& meta);
  Result<void> chal(Command& command);

  Result<void> add_command(std::vector<Command>& commands, const Start& start, std::size_t nesting);
  Result<void> unknown_command(Command& command);
  Result<void> command_member(Command& command, const Start& start, std::size_t nesting);
  Result<void> item(std::vector<Item>& items);
  Result<void> data(Data& data);

  MarkupReader& reader_;
  Limits limits_;
  Message message_;
  std::string scratch_;
  bool has_header_ = false;
  bool has_body_ = false;
  std::size_t commands_ = 0;
  std::size_t items_ = 0;
  std::size_t inline_octets_ = 0;  // XML text made of markup inside Data, whole message
};

}  // namespace omadm
