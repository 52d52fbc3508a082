// Any octets as XML; what was understood is written and must be read back as the same. What the reader of plain XML
// takes, libxml2 takes, too, and says the same of it; what libxml2 takes, the other refuses only where it says it is
// stricter.
#include "base/markup/xml_reader.h"

#include <algorithm>
#include <array>

#include "base/markup/libxml_reader.h"
#include "base/markup/plain_xml_reader.h"
#include "base/markup/xml_prolog.h"
#include "base/markup/xml_writer.h"
#include "tests/fuzz/drain.h"
#include "tests/fuzz/events.h"

namespace omadm::fuzz {
namespace {

// libxml2 goes on after errors in the names of namespaces, and looks at a tag's size when it lacks its end.
bool is_stricter(const Error& error) {
  constexpr std::array<std::string_view, 5> stricter = {"a name that is none", "a namespace that is none",
                                                        "a tag over the limit", "an instruction with a reserved name",
                                                        "\"--\" inside a comment"};
  return std::any_of(stricter.begin(), stricter.end(),
                     [&error](std::string_view what) { return error.detail.find(what) != error.detail.npos; });
}

// libxml2 leaves the line ends of a CDATA section as they are.
void unify_line_ends(Document& document) {
  for (Said& said : document.events) {
    std::string& text = said.content;
    for (std::size_t at = 0; (at = text.find('\r', at)) != text.npos;) {
      at + 1 < text.size() && text[at + 1] == '\n' ? static_cast<void>(text.erase(at, 1))
                                                   : static_cast<void>(text[at] = '\n');
    }
  }
}

void compare(std::string_view input) {
  const auto begin = plain_xml_begin(input);
  if (!begin) return;
  const auto plain = make_plain_xml_reader(input, *begin, Limits{});
  const auto other = make_libxml_reader(input, Limits{}, XmlAttributes::skipped);
  Document ours = read_all(*plain);
  Document theirs = read_all(*other);
  if (ours.complete != theirs.complete) {
    require(theirs.complete, "libxml2 takes what the reader of plain XML takes");
    require(is_stricter(plain->error()), "the reader of plain XML takes what libxml2 takes");
    return;
  }
  if (!ours.complete) return;
  unify_line_ends(ours);
  unify_line_ends(theirs);
  require(ours.events == theirs.events, "both readers say the same");
}

}  // namespace
}  // namespace omadm::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  fuzz::drain([&](const Limits& limits) { return make_xml_reader(input, limits); });
  fuzz::drain([&](const Limits& limits) { return make_libxml_reader(input, limits, XmlAttributes::reported); });
  fuzz::compare(input);
  const fuzz::Document document = fuzz::read_all(*make_xml_reader(input, Limits{}));
  if (!document.complete || !document.all_known) return 0;
  const Octets written = fuzz::write_all(*make_xml_writer(), document);
  const fuzz::Document again = fuzz::read_all(*make_xml_reader(written, Limits{}));
  fuzz::require(again.complete && again.events == document.events, "what the writer wrote, the reader reads");
  return 0;
}
