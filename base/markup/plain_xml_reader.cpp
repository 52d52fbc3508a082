#include "base/markup/plain_xml_reader.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/characters.h"
#include "base/markup/xml_characters.h"
#include "base/octet_buffer.h"
#include "base/plain_vector.h"
#include "base/text.h"

namespace omadm {
namespace {

// Every attribute of a tag is compared with every other: a tag may not be long.
constexpr std::ptrdiff_t kMaxTag = 4 << 10;

class PlainXmlReader final : public MarkupReader {
 public:
  PlainXmlReader(Bytes document, std::size_t begin, const Limits& limits);

  const Event* step() override;
  std::optional<std::string_view> leaf() override;
  Position position() const override;

 private:
  // What a namespace says about the names in it.
  enum class Space : std::uint8_t { syncml, metinf, dmddf, none, foreign };
  struct Name {
    std::string_view whole, local;
    std::string_view prefix() const noexcept {
      return local.size() == whole.size() ? std::string_view() : whole.substr(0, whole.size() - local.size() - 1);
    }
  };
  struct Prefix {
    const char* name;
    std::size_t length;
    Space space;
  };
  struct OpenElement {
    const char* name;  // as it stands in the document, where its end tag must have the same
    std::uint32_t length;
    std::uint32_t prefixes;  // so many stood before it
    Element element;
    Space outside;  // what names without prefix meant before it
  };

  std::string_view rest() const noexcept { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  bool fail(Errc code, std::string_view what);
  bool malformed(std::string_view what) { return fail(Errc::malformed, what); }
  bool ends_early() { return malformed("the document ends early"); }
  bool skip_space() noexcept;

  bool read_event();
  bool read_outside();
  bool read_text();
  bool read_cdata();
  bool read_markup();
  bool skip_comment();
  bool skip_instruction();
  bool read_start();
  bool read_end();
  void close();

  bool characters(char terminator, unsigned plain);
  bool special(char terminator, const char*& from);
  bool reference();
  bool count_text(std::string_view text);
  bool name(Name& name);
  bool attributes(const char* tag);
  bool attribute(const char* tag);
  bool declare(const Name& name);
  Space space_of(std::string_view prefix) const noexcept;
  bool enter(const Name& name, const OpenElement& opened);

  const char* begin_;
  const char* at_;
  const char* end_;
  Limits limits_;

  bool ready_ = false;                    // event_ is the next one
  bool empty_ = false;                    // an element that ends where it starts: its End is due
  std::optional<std::string_view> held_;  // a text that leaf() came upon

  std::string_view characters_;  // what characters() has read, references resolved
  OctetBuffer resolved_;
  std::size_t text_run_ = 0;  // octets since the last tag

  Space space_ = Space::none;  // of names without prefix
  PlainVector<Prefix> prefixes_;
  PlainVector<OpenElement> open_;
  std::size_t tree_depth_ = 0;  // depth of the outermost MgmtTree; 0: outside
  std::size_t elements_ = 0;
  std::vector<std::string_view> attributes_;  // of the tag at hand, their whole names

  mutable const char* counted_;   // up to here are
  mutable std::size_t line_ = 1;  // so many lines
};

PlainXmlReader::PlainXmlReader(Bytes document, std::size_t begin, const Limits& limits)
    : begin_(document.data()), at_(begin_ + begin), end_(begin_ + document.size()), limits_(limits), counted_(begin_) {}

const Event* PlainXmlReader::step() {
  if (error_) return nullptr;
  if (empty_) {
    event_ = End{open_.back().element};
    close();
    return &event_;
  }
  if (held_) {
    event_ = Text{*held_};
    held_.reset();
    return &event_;
  }
  for (ready_ = false; !ready_;) {
    if (!read_event()) return nullptr;
  }
  return &event_;
}

// An element that holds a text and nothing else, as nearly all do.
std::optional<std::string_view> PlainXmlReader::leaf() {
  if (error_) return std::nullopt;
  if (empty_) {
    close();
    return std::string_view();
  }
  std::string_view text;
  if (at_ != end_ && *at_ != '<') {
    if (!characters('<', xml::kText) || !count_text(characters_)) return std::nullopt;
    text = characters_;
  }
  if (at_ + 1 < end_ && at_[1] == '/') {
    if (!read_end()) return std::nullopt;
    return text;
  }
  if (!text.empty()) held_ = text;
  return std::nullopt;
}

Position PlainXmlReader::position() const {
  line_ += static_cast<std::size_t>(std::count(counted_, at_, '\n'));
  counted_ = at_;
  return {line_, static_cast<std::size_t>(at_ - begin_)};
}

bool PlainXmlReader::fail(Errc code, std::string_view what) {
  error_ = Error{code, "line " + std::to_string(position().line) + ": " + std::string(what)};
  return false;
}

bool PlainXmlReader::skip_space() noexcept {
  const char* const from = at_;
  while (at_ != end_ && xml::is(*at_, xml::kSpace)) ++at_;
  return at_ != from;
}

// Reads on; ready_ says whether that gave an event. False: an error.
bool PlainXmlReader::read_event() {
  if (open_.empty()) return read_outside();
  if (at_ == end_) return ends_early();
  return *at_ == '<' ? read_markup() : read_text();
}

bool PlainXmlReader::read_outside() {
  skip_space();
  if (at_ != end_) return *at_ == '<' ? read_markup() : malformed("text outside the root element");
  if (elements_ == 0) return ends_early();
  event_ = Done{};
  return ready_ = true;
}

bool PlainXmlReader::read_text() {
  if (!characters('<', xml::kText) || !count_text(characters_)) return false;
  event_ = Text{characters_};
  return ready_ = true;
}

bool PlainXmlReader::read_markup() {
  constexpr std::string_view kCdata = "<![CDATA[", kComment = "<!--";
  switch (at_ + 1 != end_ ? at_[1] : '\0') {
    case '/':
      return read_end() && (ready_ = true);
    case '?':
      return skip_instruction();
    case '!':
      if (rest().substr(0, kComment.size()) == kComment) return skip_comment();
      if (!open_.empty() && rest().substr(0, kCdata.size()) == kCdata) return read_cdata();
      return malformed("a declaration where none may be");
    default:
      return read_start() && (ready_ = true);
  }
}

bool PlainXmlReader::skip_comment() {
  const std::string_view text = rest().substr(4);
  const std::size_t end = text.find("--");
  if (end == text.npos || end + 2 == text.size()) return ends_early();
  if (text[end + 2] != '>') return malformed("\"--\" inside a comment");
  if (!is_xml_text(text.substr(0, end))) return malformed("a character that XML does not have");
  at_ = text.data() + end + 3;
  return true;
}

bool PlainXmlReader::skip_instruction() {
  at_ += 2;
  Name target;
  if (!name(target)) return false;
  if (target.whole.size() != target.local.size() || equals_ignoring_case(target.whole, "xml")) {
    return malformed("an instruction with a reserved name");
  }
  const std::string_view text = rest();
  const std::size_t end = text.find("?>");
  if (end == text.npos) return ends_early();
  if (end > 0 && !xml::is(text.front(), xml::kSpace)) return malformed("a name that is none");
  if (!is_xml_text(text.substr(0, end))) return malformed("a character that XML does not have");
  at_ = text.data() + end + 2;
  return true;
}

bool PlainXmlReader::read_cdata() {
  at_ += 9;
  const std::string_view text = rest().substr(0, rest().find("]]>"));
  if (text.size() == rest().size()) return ends_early();
  if (!is_xml_text(text)) return malformed("a character that XML does not have");
  characters_ = text;
  if (text.find('\r') != text.npos) {
    resolved_.cut(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r') resolved_.push('\n');
      if (text[i] != '\r' && (text[i] != '\n' || i == 0 || text[i - 1] != '\r')) resolved_.push(text[i]);
    }
    characters_ = resolved_.view();
  }
  at_ += text.size() + 3;
  if (!count_text(characters_)) return false;
  event_ = Text{characters_};
  ready_ = !characters_.empty();
  return true;
}

bool PlainXmlReader::count_text(std::string_view text) {
  text_run_ += text.size();
  return text_run_ <= limits_.max_text || fail(Errc::too_large, "a text over the limit");
}

// Reads what is at hand up to `terminator`, which stays. `plain`: the octets that stand for themselves.
bool PlainXmlReader::characters(char terminator, unsigned plain) {
  const char* from = at_;
  resolved_.cut(0);
  while (true) {
    while (at_ != end_ && xml::is(*at_, plain)) ++at_;
    if (at_ == end_) return ends_early();
    if (*at_ == terminator) break;
    if (!special(terminator, from)) return false;
  }
  const Bytes last(from, static_cast<std::size_t>(at_ - from));
  if (resolved_.empty()) {
    characters_ = last;
  } else {
    resolved_.append(last);
    characters_ = resolved_.view();
  }
  return true;
}

// One octet that does not simply stand for itself, or a run of characters beyond ASCII. What has to be changed goes to
// resolved_, with what stands between `from` and it, and `from` goes behind it.
bool PlainXmlReader::special(char terminator, const char*& from) {
  const bool in_text = terminator == '<';
  if (xml::is(*at_, xml::kHigh)) {
    const char* const run = at_;
    while (at_ != end_ && xml::is(*at_, xml::kHigh)) ++at_;
    return is_xml_text({run, static_cast<std::size_t>(at_ - run)}) || malformed("not UTF-8");
  }
  switch (*at_) {
    case ']':
      if (rest().substr(0, 3) == "]]>") return malformed("\"]]>\" inside a text");
      ++at_;
      return true;
    case '"':
    case '\'':
      ++at_;
      return true;
    case '<':
      return malformed("\"<\" inside an attribute");
    case '&':
      resolved_.append({from, static_cast<std::size_t>(at_ - from)});
      if (!reference()) return false;
      break;
    case '\t':
    case '\n':
    case '\r':
      resolved_.append({from, static_cast<std::size_t>(at_ - from)});
      at_ += rest().substr(0, 2) == "\r\n" ? 2 : 1;
      resolved_.push(in_text ? '\n' : ' ');
      break;
    default:
      return malformed("a character that XML does not have");
  }
  from = at_;
  return true;
}

bool PlainXmlReader::reference() {
  static constexpr std::pair<std::string_view, char> kNamed[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (const auto& [text, character] : kNamed) {
    if (rest().substr(0, text.size()) != text) continue;
    at_ += text.size();
    resolved_.push(character);
    return true;
  }
  const std::size_t end = rest().find(';');
  const std::string_view text = rest().substr(0, end);
  if (end == rest().npos || text.size() < 3 || text[1] != '#') return malformed("an unknown entity");
  const auto character = xml::numbered_character(text.substr(2));
  if (character.empty() || !is_xml_text(character)) return malformed("a reference to no character");
  resolved_.append(character);
  at_ += end + 1;
  return true;
}

bool PlainXmlReader::name(Name& name) {
  const char* const begin = at_;
  const char* local = begin;
  bool starts = true;  // the next character is the first of the prefix or of the local part
  for (bool good = true; at_ != end_;) {
    if (xml::is(*at_, xml::kName)) {
      good = !starts || xml::is(*at_, xml::kNameStart);
      ++at_;
      starts = false;
    } else if (*at_ == ':') {
      good = !starts && local == begin;
      local = ++at_;
      starts = true;
    } else if (xml::is(*at_, xml::kHigh)) {
      const Character next = character_at(rest(), 0);
      good = next.valid && (starts ? xml::is_name_start(next.code) : xml::is_name(next.code));
      at_ += next.octets;
      starts = false;
    } else {
      break;
    }
    if (!good) return malformed("a name that is none");
  }
  if (at_ == end_) return ends_early();
  if (starts) return malformed("a name that is none");
  name.whole = {begin, static_cast<std::size_t>(at_ - begin)};
  name.local = {local, static_cast<std::size_t>(at_ - local)};
  return true;
}

bool PlainXmlReader::read_start() {
  const char* const tag = at_++;
  Name name;
  if (!this->name(name)) return false;
  if (open_.empty() && elements_ > 0) return malformed("a second root element");
  if (open_.size() >= limits_.max_depth) return fail(Errc::too_large, "elements nested too deeply");
  if (++elements_ > limits_.max_elements) return fail(Errc::too_large, "too many elements");
  OpenElement opened{name.whole.data(), static_cast<std::uint32_t>(name.whole.size()),
                     static_cast<std::uint32_t>(prefixes_.size()), Element::unknown, space_};
  if (*at_ != '>' && !attributes(tag)) return false;
  if (at_ - tag > kMaxTag) return fail(Errc::too_large, "a tag over the limit");
  empty_ = *at_ == '/';
  if (empty_) ++at_;
  if (at_ == end_) return ends_early();
  if (*at_ != '>') return malformed("a tag that does not end");
  ++at_;
  const Space space = name.prefix().empty() ? space_ : space_of(name.prefix());
  if (space != Space::foreign) {
    const auto page = space == Space::none ? std::nullopt : std::optional(static_cast<CodePage>(space));
    opened.element = element_in_xml(page, tree_depth_ != 0, name.local);
  }
  open_.push_back(opened);
  if (opened.element == Element::DdfMgmtTree && tree_depth_ == 0) tree_depth_ = open_.size();
  text_run_ = 0;
  event_ = Start{opened.element, name.local, space == Space::foreign};
  return true;
}

// To the end of the tag: ">" or "/" comes next.
bool PlainXmlReader::attributes(const char* tag) {
  attributes_.clear();
  while (true) {
    const bool apart = skip_space();
    if (at_ == end_) return ends_early();
    if (*at_ == '>' || *at_ == '/') return true;
    if (!apart) return malformed("a name that is none");
    if (!attribute(tag)) return false;
  }
}

bool PlainXmlReader::attribute(const char* tag) {
  Name name;
  if (!this->name(name)) return false;
  skip_space();
  if (at_ == end_ || *at_ != '=') return malformed("an attribute without a value");
  ++at_;
  skip_space();
  if (at_ == end_ || (*at_ != '"' && *at_ != '\'')) return malformed("a value without quotes");
  const char quote = *at_++;
  if (!characters(quote, xml::kValue)) return false;
  ++at_;
  if (at_ - tag > kMaxTag) return fail(Errc::too_large, "a tag over the limit");
  if (std::find(attributes_.begin(), attributes_.end(), name.whole) != attributes_.end()) {
    return malformed("an attribute twice");
  }
  attributes_.push_back(name.whole);
  return declare(name);
}

// Where the attribute at hand is the declaration of a namespace, its URI being characters_, takes note of it.
bool PlainXmlReader::declare(const Name& name) {
  const bool is_default = name.whole == "xmlns";
  if (!is_default && name.prefix() != "xmlns") return true;
  Space space = characters_.empty() ? Space::none : Space::foreign;
  if (const auto page = page_of_namespace(characters_)) space = static_cast<Space>(*page);
  if (is_default) {
    space_ = space;
    return true;
  }
  if (characters_.empty() || name.local == "xmlns" || name.local == "xml") return malformed("a namespace that is none");
  prefixes_.push_back({name.local.data(), name.local.size(), space});
  return true;
}

// A prefix that was not declared is as foreign as one of others.
PlainXmlReader::Space PlainXmlReader::space_of(std::string_view prefix) const noexcept {
  for (std::size_t i = prefixes_.size(); i-- > 0;) {
    if (std::string_view(prefixes_[i].name, prefixes_[i].length) == prefix) return prefixes_[i].space;
  }
  return Space::foreign;
}

bool PlainXmlReader::read_end() {
  if (open_.empty()) return malformed("an end tag without its start");
  const OpenElement& open = open_.back();
  at_ += 2;
  if (static_cast<std::size_t>(end_ - at_) < open.length) return ends_early();
  if (std::memcmp(at_, open.name, open.length) != 0) return malformed("an end tag that is not of its start");
  at_ += open.length;
  if (at_ != end_ && *at_ != '>') skip_space();
  if (at_ == end_) return ends_early();
  if (*at_ != '>') return malformed("an end tag that is not of its start");
  ++at_;
  event_ = End{open.element};
  close();
  return true;
}

void PlainXmlReader::close() {
  const OpenElement& open = open_.back();
  space_ = open.outside;
  while (prefixes_.size() > open.prefixes) prefixes_.pop_back();
  if (open_.size() == tree_depth_) tree_depth_ = 0;
  open_.pop_back();
  empty_ = false;
  text_run_ = 0;
}

}  // namespace

std::unique_ptr<MarkupReader> make_plain_xml_reader(Bytes document, std::size_t begin, const Limits& limits) {
  return std::make_unique<PlainXmlReader>(document, begin, limits);
}

}  // namespace omadm
