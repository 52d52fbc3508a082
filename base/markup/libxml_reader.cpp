#include "base/markup/libxml_reader.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/octet_buffer.h"
#include "base/plain_vector.h"
#include "base/text.h"

namespace omadm {
namespace {

// Octets given to libxml2 at a time; what they say is queued until next() asks for it. Small chunks keep the
// queue in the cache. A chunk that says nothing is inside something long, which libxml2 looks through from its
// beginning each time: the next one is larger.
constexpr std::size_t kSmallestChunk = 4U << 10U;
// The tags and texts of a chunk are seldom more than one to eight octets.
constexpr std::size_t kRecordsOfChunk = kSmallestChunk / 8;
constexpr std::size_t kLargestChunk = 1U << 20U;
// libxml2 compares every attribute of a tag with every other: a tag may not hold many.
constexpr std::size_t kMaxTag = 4U << 10U;
// Every attribute default is looked at for every element: an internal subset may not hold many.
constexpr std::size_t kMaxAttributeDeclarations = 512;

const char* chars(const xmlChar* text) noexcept { return reinterpret_cast<const char*>(text); }

void ignore_message(void*, const char*, ...) noexcept {}  // NOLINT(cert-dcl50-cpp)

// Errors without a parser context go to handlers of the thread, by default stderr: silent in here.
class QuietErrors {
 public:
  QuietErrors() noexcept
      : structured_(xmlStructuredError),
        structured_context_(xmlStructuredErrorContext),
        generic_(xmlGenericError),
        generic_context_(xmlGenericErrorContext) {
    xmlSetStructuredErrorFunc(nullptr, [](void*, xmlErrorPtr) noexcept {});
    xmlSetGenericErrorFunc(nullptr, &ignore_message);
  }
  ~QuietErrors() {
    xmlSetStructuredErrorFunc(structured_context_, structured_);
    xmlSetGenericErrorFunc(generic_context_, generic_);
  }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  xmlStructuredErrorFunc structured_;
  void* structured_context_;
  xmlGenericErrorFunc generic_;
  void* generic_context_;
};

class LibxmlReader final : public MarkupReader {
 public:
  LibxmlReader(Bytes document, const Limits& limits, XmlAttributes attributes);
  ~LibxmlReader() override;
  LibxmlReader(const LibxmlReader&) = delete;
  LibxmlReader& operator=(const LibxmlReader&) = delete;

  const Event* step() override;
  std::optional<std::string_view> leaf() override;
  Position position() const override { return position_; }

 private:
  enum class Kind : std::uint8_t { start, end, text, attribute };
  struct Record {
    const char* name;      // start, attribute: in libxml2's dictionary, which lives as long as the parser
    std::uint32_t length;  // start: of the name. text, attribute: octets, taken from text_ in turn
    Kind kind;
    bool foreign;
    Element element;
    std::uint32_t line;
    std::uint32_t offset;
  };
  // What a name meant the last time. libxml2 keeps each name once, so pointers are compared.
  // A prefix that was not declared stands for the URI it lacks: none is a namespace of ours, which all hold a ':'.
  struct Known {
    const xmlChar* name;  // null: unused, and the rest has no values
    const xmlChar* space;
    std::uint32_t length;
    Element element;
    bool in_tree;
    bool foreign;
  };
  struct KnownUri {
    const xmlChar* uri = nullptr;
    std::optional<CodePage> page;
  };

  std::string_view take_text(std::size_t length);
  void feed();
  std::size_t unparsed() const;
  bool inside_tag() const;
  void fail(Errc code, std::string_view what, long line);
  void stop(Errc code, std::string_view what);
  void record(Kind kind, const xmlChar* name, std::uint32_t length, bool foreign, Element element);
  void add_text(const xmlChar* text, int length);
  void open(const xmlChar* name, const xmlChar* prefix, const xmlChar* uri);
  void add_attributes(const xmlChar** attributes, int count);
  void close();
  std::optional<CodePage> page_of(const xmlChar* uri);
  const Known& known(const xmlChar* name, const xmlChar* prefix, const xmlChar* uri);
  void check_encoding();
  static xmlSAXHandler handler() noexcept;
  static LibxmlReader& self(void* context) noexcept { return *static_cast<LibxmlReader*>(context); }

  Bytes document_;
  Limits limits_;
  XmlAttributes attributes_;
  xmlParserCtxtPtr parser_ = nullptr;
  std::size_t fed_ = 0;
  std::size_t chunk_ = kSmallestChunk;
  bool finished_ = false;

  PlainVector<Record> queue_;
  std::size_t next_ = 0;
  OctetBuffer text_;
  std::size_t next_text_ = 0;
  Position position_;

  PlainVector<Element> open_;
  std::size_t tree_depth_ = 0;  // depth of the outermost MgmtTree; 0: outside
  std::size_t elements_ = 0;
  std::size_t text_run_ = 0;  // octets since the last tag
  std::size_t attribute_declarations_ = 0;
  std::array<Known, 128> known_;
  std::array<KnownUri, 4> uris_{};
  std::size_t next_uri_ = 0;
};

LibxmlReader::LibxmlReader(Bytes document, const Limits& limits, XmlAttributes attributes)
    : document_(document), limits_(limits), attributes_(attributes) {
  if (document_.size() > limits_.max_octets) {
    error_ = Error{Errc::too_large, "the document is over " + std::to_string(limits_.max_octets) + " octets"};
    return;
  }
  static const bool initialised = (xmlInitParser(), true);
  static_cast<void>(initialised);
  const QuietErrors quiet;
  xmlSAXHandler sax = handler();
  fed_ = std::min<std::size_t>(4, document_.size());  // what libxml2 tells the encoding by
  parser_ = xmlCreatePushParserCtxt(&sax, this, document_.data(), static_cast<int>(fed_), nullptr);
  if (parser_ == nullptr) {
    error_ = Error{Errc::failed, "no XML parser"};
    return;
  }
  // HUGE lifts libxml2's fixed limits: ours are stricter, except where a caller wants more.
  // NOENT lets the five predefined entities be characters in attributes, too; none other can be declared.
  const int resolve = attributes_ == XmlAttributes::reported ? static_cast<int>(XML_PARSE_NOENT) : 0;
  xmlCtxtUseOptions(parser_, XML_PARSE_NONET | XML_PARSE_HUGE | resolve);
  for (Known& entry : known_) entry.name = nullptr;
  queue_.reserve(std::min(kRecordsOfChunk, document_.size() / 8));
  text_.reserve(std::min(kSmallestChunk, document_.size()));
}

LibxmlReader::~LibxmlReader() {
  if (parser_ == nullptr) return;
  if (parser_->myDoc != nullptr) xmlFreeDoc(parser_->myDoc);  // libxml2 makes one to note a refused entity
  parser_->myDoc = nullptr;
  xmlFreeParserCtxt(parser_);
}

const Event* LibxmlReader::step() {
  while (next_ == queue_.size()) {
    if (error_) return nullptr;
    if (finished_) {
      event_ = Done{};
      return &event_;
    }
    feed();
  }
  const Record& record = queue_[next_++];
  position_ = {record.line, record.offset};
  switch (record.kind) {
    case Kind::start:
      event_ = Start{record.element, {record.name, record.length}, record.foreign};
      break;
    case Kind::end:
      event_ = End{record.element};
      break;
    case Kind::attribute:
      event_ = Attribute{record.name, take_text(record.length)};
      break;
    case Kind::text:
      event_ = Text{take_text(record.length)};
      break;
  }
  return &event_;
}

std::string_view LibxmlReader::take_text(std::size_t length) {
  const std::string_view text = text_.view().substr(next_text_, length);
  next_text_ += length;
  return text;
}

std::optional<std::string_view> LibxmlReader::leaf() {
  const auto is = [this](std::size_t at, Kind kind) { return at < queue_.size() && queue_[at].kind == kind; };
  std::string_view text;
  if (is(next_, Kind::text) && is(next_ + 1, Kind::end)) {
    text = take_text(queue_[next_++].length);
  } else if (!is(next_, Kind::end)) {
    return std::nullopt;
  }
  position_ = {queue_[next_].line, queue_[next_].offset};
  ++next_;
  return text;
}

void LibxmlReader::feed() {
  chunk_ = queue_.empty() && !inside_tag() ? std::min(2 * chunk_, kLargestChunk) : kSmallestChunk;
  queue_.clear();
  text_.cut(0);
  next_ = next_text_ = 0;
  const QuietErrors quiet;
  const Bytes chunk = document_.substr(fed_, chunk_);
  fed_ += chunk.size();
  finished_ = chunk.empty();
  const int code = xmlParseChunk(parser_, chunk.data(), static_cast<int>(chunk.size()), finished_ ? 1 : 0);
  // libxml2 does not call every one of these a fatal error.
  const long line = parser_->input != nullptr ? parser_->input->line : 0;
  if (code == XML_ERR_INVALID_ENCODING || code == XML_I18N_CONV_FAILED) fail(Errc::malformed, "a wrong encoding", line);
  if (parser_->wellFormed == 0) fail(Errc::malformed, "not well-formed", line);
  if (!error_ && inside_tag() && unparsed() > kMaxTag) stop(Errc::too_large, "a tag over the limit");
  if (finished_ && (elements_ == 0 || !open_.empty())) fail(Errc::malformed, "the document ends early", line);
}

// What libxml2 has been given and waits for more of.
std::size_t LibxmlReader::unparsed() const {
  return parser_->input != nullptr ? static_cast<std::size_t>(parser_->input->end - parser_->input->cur) : 0;
}

bool LibxmlReader::inside_tag() const {
  // libxml2 takes long CDATA sections in pieces, and what is left of one may begin as a tag does.
  if (parser_->instate == XML_PARSER_CDATA_SECTION || unparsed() < 2) return false;
  const xmlChar* const at = parser_->input->cur;
  return at[0] == '<' && at[1] != '!' && at[1] != '?';
}

void LibxmlReader::fail(Errc code, std::string_view what, long line) {
  if (error_) return;
  error_ = Error{code, "line " + std::to_string(line) + ": " + std::string(trim(what))};
}

void LibxmlReader::stop(Errc code, std::string_view what) {
  fail(code, what, parser_->input != nullptr ? parser_->input->line : 0);
  xmlStopParser(parser_);
}

void LibxmlReader::record(Kind kind, const xmlChar* name, std::uint32_t length, bool foreign, Element element) {
  const xmlParserInputPtr input = parser_->input;
  const auto offset = input->consumed + static_cast<std::size_t>(input->cur - input->base);
  queue_.push_back({chars(name), length, kind, foreign, element, static_cast<std::uint32_t>(input->line),
                    static_cast<std::uint32_t>(offset)});
}

void LibxmlReader::add_text(const xmlChar* text, int length) {
  if (error_ || length <= 0) return;
  const auto count = static_cast<std::size_t>(length);
  text_run_ += count;
  if (text_run_ > limits_.max_text) return stop(Errc::too_large, "a text over the limit");
  if (queue_.empty() || queue_.back().kind != Kind::text) {
    record(Kind::text, nullptr, 0, false, Element::unknown);
  }
  queue_.back().length += static_cast<std::uint32_t>(count);
  text_.append({chars(text), count});
}

void LibxmlReader::open(const xmlChar* name, const xmlChar* prefix, const xmlChar* uri) {
  if (error_) return;
  if (open_.size() >= limits_.max_depth) return stop(Errc::too_large, "elements nested too deeply");
  if (++elements_ > limits_.max_elements) return stop(Errc::too_large, "too many elements");
  const Known& meaning = known(name, prefix, uri);
  open_.push_back(meaning.element);
  if (meaning.element == Element::DdfMgmtTree && tree_depth_ == 0) tree_depth_ = open_.size();
  text_run_ = 0;
  record(Kind::start, name, meaning.length, meaning.foreign, meaning.element);
}

// libxml2 gives five pointers for each: name, prefix, URI, and where the value begins and ends.
void LibxmlReader::add_attributes(const xmlChar** attributes, int count) {
  if (attributes_ == XmlAttributes::skipped) return;
  for (int i = 0; i < count && !error_; ++i, attributes += 5) {
    const auto length = static_cast<std::size_t>(attributes[4] - attributes[3]);
    if (length > limits_.max_text) return stop(Errc::too_large, "an attribute over the limit");
    record(Kind::attribute, attributes[0], static_cast<std::uint32_t>(length), false, Element::unknown);
    text_.append({chars(attributes[3]), length});
  }
}

void LibxmlReader::close() {
  if (error_ || open_.empty()) return;
  record(Kind::end, nullptr, 0, false, open_.back());
  if (open_.size() == tree_depth_) tree_depth_ = 0;
  open_.pop_back();
  text_run_ = 0;
}

std::optional<CodePage> LibxmlReader::page_of(const xmlChar* uri) {
  for (const KnownUri& entry : uris_) {
    if (entry.uri == uri) return entry.page;
  }
  KnownUri& entry = uris_[next_uri_++ % uris_.size()];
  entry = {uri, page_of_namespace(chars(uri))};
  return entry.page;
}

const LibxmlReader::Known& LibxmlReader::known(const xmlChar* name, const xmlChar* prefix, const xmlChar* uri) {
  const bool in_tree = tree_depth_ != 0;
  const xmlChar* const space = uri != nullptr ? uri : prefix;
  const auto address = reinterpret_cast<std::uintptr_t>(name);
  Known& entry = known_[((address >> 2U) ^ (address >> 9U)) % known_.size()];
  if (entry.name == name && entry.space == space && entry.in_tree == in_tree) return entry;
  const std::optional<CodePage> page = uri != nullptr ? page_of(uri) : std::nullopt;
  const bool foreign = uri != nullptr ? !page : prefix != nullptr;
  const std::string_view text = chars(name);
  const Element element = foreign ? Element::unknown : element_in_xml(page, in_tree, text);
  entry = {name, space, static_cast<std::uint32_t>(text.size()), element, in_tree, foreign};
  return entry;
}

void LibxmlReader::check_encoding() {
  const xmlChar* const declared = parser_->encoding != nullptr ? parser_->encoding : parser_->input->encoding;
  if (declared == nullptr) return;
  constexpr std::array<std::string_view, 7> accepted = {"UTF-8",    "UTF8",  "UTF-16",  "UTF-16LE",
                                                        "UTF-16BE", "ASCII", "US-ASCII"};
  const auto same = [declared](std::string_view name) { return equals_ignoring_case(name, chars(declared)); };
  if (std::none_of(accepted.begin(), accepted.end(), same)) {
    stop(Errc::unsupported, "character encoding " + std::string(chars(declared)));
  }
}

xmlSAXHandler LibxmlReader::handler() noexcept {
  xmlSAXHandler sax;
  std::memset(&sax, 0, sizeof sax);
  sax.initialized = XML_SAX2_MAGIC;
  sax.startDocument = [](void* context) noexcept { self(context).check_encoding(); };
  sax.startElementNs = [](void* context, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri, int,
                          const xmlChar**, int count, int, const xmlChar** attributes) noexcept {
    self(context).open(name, prefix, uri);
    self(context).add_attributes(attributes, count);
  };
  sax.endElementNs = [](void* context, const xmlChar*, const xmlChar*, const xmlChar*) noexcept {
    self(context).close();
  };
  sax.characters = [](void* context, const xmlChar* text, int length) noexcept {
    self(context).add_text(text, length);
  };
  sax.ignorableWhitespace = sax.characters;  // being the same, nothing is taken for ignorable
  sax.cdataBlock = sax.characters;
  sax.entityDecl = [](void* context, const xmlChar*, int, const xmlChar*, const xmlChar*, xmlChar*) noexcept {
    self(context).stop(Errc::malformed, "an entity is declared");
  };
  sax.unparsedEntityDecl = [](void* context, const xmlChar*, const xmlChar*, const xmlChar*, const xmlChar*) noexcept {
    self(context).stop(Errc::malformed, "an entity is declared");
  };
  sax.getEntity = [](void* context, const xmlChar* name) noexcept -> xmlEntityPtr {
    const xmlEntityPtr entity = xmlGetPredefinedEntity(name);
    if (entity == nullptr) self(context).stop(Errc::malformed, "an unknown entity");
    return entity;
  };
  sax.getParameterEntity = [](void* context, const xmlChar*) noexcept -> xmlEntityPtr {
    self(context).stop(Errc::malformed, "a parameter entity");
    return nullptr;
  };
  sax.reference = [](void* context, const xmlChar*) noexcept {
    self(context).stop(Errc::malformed, "an unknown entity");
  };
  sax.attributeDecl = [](void* context, const xmlChar*, const xmlChar*, int, int, const xmlChar*,
                         xmlEnumerationPtr values) noexcept {
    xmlFreeEnumeration(values);  // the handler owns it
    LibxmlReader& reader = self(context);
    if (++reader.attribute_declarations_ > kMaxAttributeDeclarations) {
      reader.stop(Errc::too_large, "too many attribute declarations");
    }
  };
  sax.serror = [](void* context, xmlErrorPtr error) noexcept {
    if (error->level != XML_ERR_FATAL) return;
    const bool encoding = error->code == XML_ERR_UNSUPPORTED_ENCODING || error->code == XML_ERR_UNKNOWN_ENCODING;
    self(context).fail(encoding ? Errc::unsupported : Errc::malformed,
                       error->message != nullptr ? error->message : "not well-formed", error->line);
  };
  return sax;
}

}  // namespace

std::unique_ptr<MarkupReader> make_libxml_reader(Bytes document, const Limits& limits, XmlAttributes attributes) {
  return std::make_unique<LibxmlReader>(document, limits, attributes);
}

}  // namespace omadm
