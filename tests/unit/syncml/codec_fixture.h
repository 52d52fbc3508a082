// Documents for the tests of the codec.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "syncml/codec/codec.h"
#include "tests/support/markup_trace.h"
#include "tests/support/source_folder.h"

namespace omadm::test {

// A file of tests/vectors/messages.
inline std::string message_vector(const std::string& name) {
  std::ifstream file(source_folder() + "/tests/vectors/messages/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

// A message whose SyncBody is `body`, XML.
inline std::string xml_message(std::string_view body) {
  return "<SyncML "
         "xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><SessionID>1</SessionID><MsgID>1</MsgID></SyncHdr>"
         "<SyncBody>" +
         std::string(body) + "</SyncBody></SyncML>";
}

// The same in WBXML; `body` is hexadecimal digits, page 0 is selected before it.
inline Octets wbxml_message(std::string_view body) {
  return hex("02A4016A00 6D 6C 71 03312E3200 01 65 033100 01 5B 033100 01 01 6B") + hex(body) + hex("0101");
}

// Text and data as WBXML items, in hexadecimal digits.
inline std::string str(std::string_view text) { return "03" + hex_encode(text) + "00"; }
inline std::string opaque(std::string_view octets) {
  Octets length;
  put_mb_u32(length, static_cast<std::uint32_t>(octets.size()));
  return "c3" + hex_encode(length) + hex_encode(octets);
}

inline Message decoded(Encoding encoding, Bytes document) {
  Result<Message> message = decode(encoding, document, Limits{});
  if (message) return std::move(*message);
  ADD_FAILURE() << message.error().detail;
  return {};
}

inline Errc refused(Encoding encoding, Bytes document, const Limits& limits = {}) {
  const Result<Message> message = decode(encoding, document, limits);
  EXPECT_FALSE(message.has_value());
  return message ? Errc::failed : message.error().code;
}

}  // namespace omadm::test
