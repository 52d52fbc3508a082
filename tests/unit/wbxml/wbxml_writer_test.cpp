#include "wbxml/wbxml_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

#include "tests/support/markup_trace.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

using test::hex;

// The worked TNDS document of the TND specification's WBXML section.
constexpr std::string_view kTnds =
    "02 00 00 6A 1B 2D2F2F4F4D412F2F4454442D444D2D44444620312E322F2F454E00"
    "00 02 60 77 03 312E3200 01 64 66 03 43666700 01 6F 5C 25 01 75 11 01 01"
    "64 66 03 486F737400 01 6F 5C 0B 01 75 61 03 746578742F706C61696E00 01 01 01"
    "76 03 683100 01 01 01 01";

// Writes what a reader says. Elements without content are written without content.
Octets write_again(MarkupReader& reader, MarkupWriter& writer) {
  Element waiting = Element::unknown;
  const auto settle = [&] {
    if (waiting != Element::unknown) writer.start(std::exchange(waiting, Element::unknown));
  };
  while (true) {
    const Event event = reader.next().value();
    if (const auto* start = std::get_if<Start>(&event)) {
      settle();
      waiting = start->element;
    } else if (std::holds_alternative<End>(event)) {
      if (waiting != Element::unknown) {
        writer.empty(std::exchange(waiting, Element::unknown));
      } else {
        writer.end();
      }
    } else if (std::holds_alternative<Done>(event)) {
      return std::move(writer).finish();
    } else {
      settle();
      const auto* text = std::get_if<Text>(&event);
      text != nullptr ? writer.text(text->text) : writer.opaque(std::get<Opaque>(event).octets);
    }
  }
}

TEST(WbxmlWriter, TNDS_076_TheWorkedBytesComeOutAgain) {
  const Octets document = hex(kTnds);
  ASSERT_EQ(document.size(), 97U);
  const auto writer = make_wbxml_writer(WbxmlDocument::dmddf);
  EXPECT_EQ(hex_encode(write_again(*make_wbxml_reader(document, {}), *writer)), hex_encode(document));
}

TEST(WbxmlWriter, TNDS_070_TNDS_074_TheWorkedBytesAreUnderstood) {
  EXPECT_EQ(test::trace(*make_wbxml_reader(hex(kTnds), {})),
            "d:MgmtTree(d:VerDTD('1.2')d:Node(d:NodeName('Cfg')d:RTProperties(d:Format(d:node())d:Type(d:DDFName()))"
            "d:Node(d:NodeName('Host')d:RTProperties(d:Format(d:chr())d:Type(d:MIME('text/plain')))d:Value('h1'))))");
}

TEST(WbxmlWriter, TNDS_077_ADocumentIsDataAsOpaque) {
  const auto writer = make_wbxml_writer(WbxmlDocument::syncml);
  writer->start(Element::Data);
  writer->opaque(hex(kTnds));
  writer->end();
  EXPECT_EQ(hex_encode(std::move(*writer).finish()),
            "02a4016a00"
            "4fc361" +
                hex_encode(hex(kTnds)) + "01");
}

TEST(WbxmlWriter, PRO_403_TextWithNulIsOpaque) {
  const auto writer = make_wbxml_writer(WbxmlDocument::syncml);
  writer->start(Element::Data);
  writer->text(std::string_view("a\0b", 3));
  writer->text("");
  writer->text("c");
  writer->opaque("");
  writer->end();
  EXPECT_EQ(hex_encode(std::move(*writer).finish()),
            "02a4016a00"
            "4f"
            "c303610062"
            "036300"
            "c300"
            "01");
}

TEST(WbxmlWriter, LongOpaqueLengthsTakeSeveralOctets) {
  const auto writer = make_wbxml_writer(WbxmlDocument::syncml);
  const Octets octets(300, '\xFF');
  writer->start(Element::Data);
  writer->opaque(octets);
  writer->end();
  const Octets document = std::move(*writer).finish();
  EXPECT_EQ(hex_encode(document.substr(5, 4)), "4fc3822c");
  EXPECT_EQ(test::trace(*make_wbxml_reader(document, {})), "Data([" + hex_encode(octets) + "])");
}

TEST(WbxmlWriter, SizeIsCountedAndCuttingBackRestoresThePage) {
  const auto writer = make_wbxml_writer(WbxmlDocument::syncml);
  EXPECT_EQ(writer->size(), 5U);
  writer->start(Element::SyncML);
  writer->start(Element::SyncBody);
  const auto mark = writer->mark();
  EXPECT_EQ(writer->size_if_finished(), 5U + 2 + 2);
  writer->start(Element::Meta);
  writer->leaf(Element::MetType, "x");  // page 1
  EXPECT_EQ(writer->size_if_finished(), writer->size() + 3);
  writer->end();
  writer->rewind(mark);
  writer->empty(Element::Final);  // needs no switch: page 0 again
  const std::size_t announced = writer->size_if_finished();
  writer->end();
  writer->end();
  const Octets document = std::move(*writer).finish();
  EXPECT_EQ(hex_encode(document),
            "02a4016a00"
            "6d6b120101");
  EXPECT_EQ(document.size(), announced);
}

TEST(WbxmlWriter, CuttingBackToAnotherPageSwitchesAgain) {
  const auto writer = make_wbxml_writer(WbxmlDocument::syncml);
  writer->start(Element::Meta);
  writer->empty(Element::MetType);
  const auto mark = writer->mark();
  writer->empty(Element::Final);
  writer->rewind(mark);
  writer->empty(Element::MetFormat);
  writer->end();
  EXPECT_EQ(hex_encode(std::move(*writer).finish()),
            "02a4016a00"
            "5a"
            "000113"
            "07"
            "01");
}

// Values are copied, and read, eight octets at a time.
TEST(WbxmlWriter, PRO_403_AValueWithANulAnywhereIsOpaque) {
  const std::string value = "a value of some octets";
  for (std::size_t at = 0; at < value.size(); ++at) {
    for (const char octet : {'\0', '\x01', '\x7F', '\xFF'}) {
      std::string given = value;
      given[at] = octet;
      const auto writer = make_wbxml_writer(WbxmlDocument::syncml);
      writer->leaf(Element::Data, given);
      const Octets document = std::move(*writer).finish();
      const std::string content = octet == '\0' ? std::string("\xC3\x16") + given : '\x03' + given + '\0';
      EXPECT_EQ(hex_encode(document.substr(5)), hex_encode('\x4F' + content + '\x01'));

      const auto reader = make_wbxml_reader(document, {});
      ASSERT_TRUE(reader->next());
      const auto whole = reader->leaf();
      EXPECT_EQ(whole.has_value(), octet == '\x01' || octet == '\x7F')
          << at;  // whoever asks for more looks for himself
      EXPECT_EQ(whole.value_or(given), given);
    }
  }
}

}  // namespace
}  // namespace omadm
