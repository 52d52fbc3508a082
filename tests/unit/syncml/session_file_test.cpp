// Large objects for leaves whose values are files. protocol rules PRO-061, PRO-251 … PRO-263; FUMO-017 in general.
#include <map>
#include <set>

#include "syncml/session/value_stream.h"
#include "tests/unit/syncml/session_chunk_fixture.h"

namespace omadm {
namespace {

// Keeps ./F/* in files of its own, which are in memory and may fail.
class Shelf final : public ManagementObject, private FileKeeper {
 public:
  explicit Shelf(Tree& tree) : tree_(tree) { tree_.attach(*Uri::parse("./F"), *this); }
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;
  ~Shelf() override { tree_.detach(*this); }

  // The committed value.
  Octets value(const std::string& leaf) const {
    const auto node = tree_.begin(Principal::device()).peek(*Uri::parse(leaf));
    if (!node || node->data.empty()) return node ? "" : "(absent)";
    return files.at(node->data);
  }
  Result<std::optional<Octets>> read(const Uri& leaf) override {
    Octets content = value(leaf.str());
    if (content.size() > most_read) return Error{Errc::too_large, "over what is read"};
    return std::optional<Octets>(std::move(content));
  }
  FileKeeper* file_keeper() noexcept override { return this; }
  void committed(Edits) noexcept override { sweep(); }

  std::map<Octets, Octets> files;  // by reference
  std::set<Octets> being_written;
  std::uint64_t max_size = 1000;
  std::size_t most_read = 20;
  unsigned received = 0;                 // sinks made
  std::vector<std::uint64_t> announced;  // to them
  std::optional<Error> refusal, on_write, on_finish;

 private:
  class Sink final : public ValueSink {
   public:
    explicit Sink(Shelf& shelf) : shelf_(shelf), name_("ref" + std::to_string(++shelf.received)) {
      shelf_.files[name_] = "";
      shelf_.being_written.insert(name_);
    }
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink() override {
      shelf_.being_written.erase(name_);
      shelf_.sweep();
    }
    Result<void> write(Bytes octets) override {
      if (shelf_.on_write) return *shelf_.on_write;
      shelf_.files[name_] += octets;
      if (shelf_.files[name_].size() > shelf_.max_size) return Error{Errc::too_large, "too large"};
      return {};
    }
    Result<Octets> finish() override {
      if (shelf_.on_finish) return *shelf_.on_finish;
      return name_;
    }

   private:
    Shelf& shelf_;
    Octets name_;
  };
  // What no commit refers to goes.
  void sweep() {
    const Transaction transaction = tree_.begin(Principal::device());
    const auto folder = transaction.peek(*Uri::parse("./F"));
    std::set<Octets> kept = being_written;
    for (const std::string& name : folder->children) kept.insert(transaction.peek(folder->uri.child(name))->data);
    std::erase_if(files, [&](const auto& file) { return kept.count(file.first) == 0; });
  }
  bool keeps(const Uri& leaf) const override { return leaf.depth() == 2; }
  std::uint64_t largest() const noexcept override { return max_size; }
  Result<std::uint64_t> size(const Uri& leaf) const override { return value(leaf.str()).size(); }
  Result<std::unique_ptr<ValueSink>> receive(const Uri&, std::uint64_t size) override {
    announced.push_back(size);
    if (refusal) return *refusal;
    if (size > max_size) return Error{Errc::too_large, "too large"};
    return std::unique_ptr<ValueSink>(std::make_unique<Sink>(*this));
  }

  Tree& tree_;
};

class SessionFileTest : public ChunkedSessionTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionFileTest() {
    options.encoding = GetParam();
    options.max_obj_size = 30;
    interior("./F", "Add=*&Get=*&Replace=*&Delete=*");
    put("./F/bin", Format::bin, "application/octet-stream");
    put("./F/text", Format::chr, "text/plain");
    shelf = std::make_unique<Shelf>(*tree);
  }
  ~SessionFileTest() override { session.reset(); }
  void put(const char* uri, Format format, const char* type) {
    Transaction transaction = tree->begin(Principal::device());
    EXPECT_TRUE(transaction.put(*Uri::parse(uri), {format, std::string(type), {}}));
    EXPECT_TRUE(std::move(transaction).commit());
  }
  // A Replace of `octets` in pieces of `count` as they are in the message; the Statuses.
  Lines replace_in_pieces(const std::string& uri, const Octets& octets, std::size_t count, const std::string& kind) {
    const bool base64 = kind == "b64" || (kind == "bin" && GetParam() == Encoding::xml);
    const std::string all = base64 ? base64_encode(octets) : octets;
    Lines statuses;
    for (std::size_t at = 0; at < all.size(); at += count) {
      std::string piece = all.substr(at, count);
      if (kind == "bin" && !base64) piece = base64_encode(piece);  // the fixture makes it OPAQUE
      const bool more = at + count < all.size();
      send(chunk("Replace", uri, piece, more, format(kind) + (at == 0 ? size(all.size()) : "")), !more);
      statuses.push_back(answer_to("3"));
    }
    return statuses;
  }
  std::unique_ptr<Shelf> shelf;
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionFileTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionFileTest, PRO_255_PRO_258_PRO_263_MoreThanMaxObjSizeGoesToTheFile) {
  for (const std::string kind : {"bin", "b64"}) {
    Octets octets(200, '\0');
    for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<char>(i * 7 + kind.size());
    for (const std::size_t piece : {7U, 64U, 150U}) {
      const Lines statuses = replace_in_pieces("./F/bin", octets, piece, kind);
      EXPECT_EQ(statuses.back(), "200");
      for (std::size_t i = 0; i + 1 < statuses.size(); ++i) EXPECT_EQ(statuses[i], "213");
      EXPECT_EQ(shelf->value("./F/bin"), octets) << piece << kind;
    }
  }
  EXPECT_EQ(shelf->received, 6U);
  run(get("4", "./F/bin?prop=Size") + get("5", "./F/bin?prop=Format"));
  EXPECT_EQ(results(), (Lines{"./F/bin?prop=Size = 200", "./F/bin?prop=Format = bin"}));
}

TEST_P(SessionFileTest, PRO_061_PRO_258_TheLargestFileIsAnnouncedAndALeafOfTheTreeKeepsItsLimit) {
  start();
  const bool xml = GetParam() == Encoding::xml;
  EXPECT_EQ(message.header.meta.max_obj_size, xml ? "1336" : "1000");
  send(chunk("Replace", "./V/a", "abc", true, size(31)));
  EXPECT_EQ(answer_to("3"), "413");
  shelf->max_size = 10;
  session.reset();
  server_msg_id = 0;
  start();
  EXPECT_EQ(message.header.meta.max_obj_size, "30");
}

TEST_P(SessionFileTest, PRO_061_PRO_258_AConfiguredMaxObjSizeHoldsForFilesToo) {
  options.limits_files = true;
  start();
  EXPECT_EQ(message.header.meta.max_obj_size, "30");
  send(chunk("Replace", "./F/bin", "abc", true, size(41)));
  EXPECT_EQ(answer_to("3"), "413");
  send(chunk("Replace", "./F/bin", std::string(44, 'A'), false, {}));
  EXPECT_EQ(answer_to("3"), "413");
  EXPECT_EQ(shelf->value("./F/bin"), "");
}

TEST_P(SessionFileTest, TND_117_PRO_255_RightsAreJudgedBeforeAnythingIsWritten) {
  interior("./F/closed", "Get=*");
  put("./F/secret", Format::bin, "application/octet-stream");
  Transaction transaction = tree->begin(Principal::device());
  ASSERT_TRUE(transaction.set_property(*Uri::parse("./F/secret"), Property::acl, "Get=*"));
  ASSERT_TRUE(std::move(transaction).commit());
  const auto first = [&](const std::string& command, const std::string& uri, const std::string& kind = "bin") {
    send(chunk(command, uri, "QUJD", true, format(kind) + size(100)));
    const std::string status = answer_to("3");
    send(chunk(command, uri, "QUJD", false), true);
    EXPECT_EQ(answer_to("3"), status);  // PRO-258: to the end
    return status;
  };
  EXPECT_EQ(first("Replace", "./F/secret"), "425");
  EXPECT_EQ(first("Replace", "./F/none"), "404");
  EXPECT_EQ(first("Add", "./F/bin"), "418");
  EXPECT_EQ(first("Replace", "./F/bin", "gif"), "415");
  EXPECT_EQ(first("Replace", "./F/bin", "node"), "415");
  EXPECT_TRUE(shelf->announced.empty());
  shelf->refusal = Error{Errc::unavailable, "in use"};
  EXPECT_EQ(first("Replace", "./F/bin"), "403");
  shelf->refusal = Error{Errc::storage_full, "no room"};
  EXPECT_EQ(first("Replace", "./F/bin"), "420");
  EXPECT_EQ(shelf->received, 0U);
  EXPECT_EQ(shelf->value("./F/bin"), "");
}

TEST_P(SessionFileTest, PRO_255_RightsAreJudgedAgainWhenTheWholeIsThere) {
  send(chunk("Replace", "./F/text", "abc", true, format("chr") + size(6)));
  EXPECT_EQ(answer_to("3"), "213");
  Transaction transaction = tree->begin(Principal::device());
  ASSERT_TRUE(transaction.set_property(*Uri::parse("./F"), Property::acl, "Get=*"));
  ASSERT_TRUE(std::move(transaction).commit());
  send(chunk("Replace", "./F/text", "def", false), true);
  EXPECT_EQ(answer_to("3"), "425");
  EXPECT_TRUE(shelf->files.empty());
}

TEST_P(SessionFileTest, PRO_254_PRO_258_WrongSizesLeaveNothing) {
  send(chunk("Replace", "./F/text", "abc", true, size(10)));
  send(chunk("Replace", "./F/text", "def", false), true);
  EXPECT_EQ(answer_to("3"), "424");
  send(chunk("Replace", "./F/text", "abc", true, size(4)));
  send(chunk("Replace", "./F/text", "def", true));
  EXPECT_EQ(answer_to("3"), "424");  // more than was said: no disk is filled
  EXPECT_TRUE(shelf->files.empty());
  send(chunk("Replace", "./F/text", "", false), true);
  EXPECT_EQ(answer_to("3"), "424");
  send(chunk("Replace", "./F/text", "abc", true));
  EXPECT_EQ(answer_to("3"), "411");
  send(chunk("Replace", "./F/text", "abc", true, size(1001)));
  EXPECT_EQ(answer_to("3"), "411");  // still the same object
  send(chunk("Replace", "./F/text", "", false), true);
  send(chunk("Replace", "./F/text", "abc", true, size(1001)));
  EXPECT_EQ(answer_to("3"), "413");
  send(chunk("Replace", "./F/text", "def", false), true);
  EXPECT_EQ(answer_to("3"), "413");
  EXPECT_TRUE(shelf->files.empty());
  EXPECT_EQ(shelf->value("./F/text"), "");
}

TEST_P(SessionFileTest, PRO_256_PRO_262_WhatIsBrokenOffLeavesNothing) {
  send(chunk("Replace", "./F/text", "abc", true, size(6)));
  EXPECT_EQ(shelf->files.size(), 1U);
  send(get("4", "./V/a"), true);
  EXPECT_NE(std::find(sent.begin(), sent.end(), "Alert 1225"), sent.end());
  EXPECT_TRUE(shelf->files.empty());
  send(chunk("Replace", "./F/text", "abc", true, size(6)));
  EXPECT_EQ(shelf->files.size(), 1U);
  session.reset();
  EXPECT_TRUE(shelf->files.empty());
  EXPECT_EQ(shelf->value("./F/text"), "");
}

TEST_P(SessionFileTest, PRO_259_AFailingDiskHasItsStatusAndLeavesNothing) {
  const Error full{Errc::storage_full, "no room"}, broken{Errc::io, "input/output error"};
  for (const auto& [error, status] : {std::pair(full, "420"), std::pair(broken, "500")}) {
    send(chunk("Replace", "./F/text", "abc", true, size(9)));
    shelf->on_write = error;
    send(chunk("Replace", "./F/text", "def", true));
    EXPECT_EQ(answer_to("3"), status);
    EXPECT_TRUE(shelf->files.empty());
    shelf->on_write.reset();
    send(chunk("Replace", "./F/text", "ghi", false), true);
    EXPECT_EQ(answer_to("3"), status);
    shelf->on_finish = error;
    send(chunk("Replace", "./F/text", "abc", true, size(6)));
    send(chunk("Replace", "./F/text", "def", false), true);
    EXPECT_EQ(answer_to("3"), status);
    send(replace("5", "./F/text", "whole"), true);
    EXPECT_EQ(answer_to("5"), status);
    shelf->on_finish.reset();
    EXPECT_TRUE(shelf->files.empty());
    EXPECT_EQ(shelf->value("./F/text"), "");
  }
}

TEST_P(SessionFileTest, PRO_258_AWholeValueGoesToTheFileToo) {
  const std::string text(100, 'w');  // more than max_obj_size
  run(replace("4", "./F/text", text) + add("5", "./F/new", "x"));
  EXPECT_EQ(answer_to("4"), "200");
  EXPECT_EQ(answer_to("5"), "200");
  EXPECT_EQ(shelf->value("./F/text"), text);
  EXPECT_EQ(shelf->value("./F/new"), "x");
  run(replace("6", "./F/text", ""));
  EXPECT_EQ(answer_to("6"), "200");
  EXPECT_EQ(value("./F/text"), "");
  EXPECT_EQ(shelf->received, 2U);
}

TEST_P(SessionFileTest, PRO_227_AnAtomicThatFailsLeavesTheOldValue) {
  run(replace("4", "./F/text", "old"));
  run("<Atomic><CmdID>5</CmdID>" + replace("6", "./F/text", "new") + replace("7", "./none", "x") + "</Atomic>");
  EXPECT_EQ(answer_to("6"), "216");
  EXPECT_EQ(shelf->value("./F/text"), "old");
  EXPECT_EQ(shelf->files.size(), 1U);
  run("<Atomic><CmdID>5</CmdID>" + replace("6", "./F/text", "new") + replace("7", "./F/text", "newer") + "</Atomic>");
  EXPECT_EQ(answer_to("5"), "200");
  EXPECT_EQ(shelf->value("./F/text"), "newer");
}

TEST_P(SessionFileTest, PRO_260_GetAndCopyOfWhatIsTooLargeAre413) {
  run(replace("4", "./F/text", "twenty octets, or so"));
  run(get("5", "./F/text") +
      "<Copy><CmdID>6</CmdID><Item><Target><LocURI>./V/c</LocURI></Target>"
      "<Source><LocURI>./F/text</LocURI></Source></Item></Copy><Copy><CmdID>7</CmdID><Item><Target><LocURI>./F/copy"
      "</LocURI></Target><Source><LocURI>./V/a</LocURI></Source></Item></Copy>");
  EXPECT_EQ(results(), (Lines{"./F/text = twenty octets, or so"}));
  EXPECT_EQ(value("./V/c"), "twenty octets, or so");
  EXPECT_EQ(shelf->value("./F/copy"), "1");
  run(replace("4", "./F/text", "twenty octets, or more"));
  run(get("5", "./F/text") +
      "<Copy><CmdID>6</CmdID><Item><Target><LocURI>./V/c</LocURI></Target>"
      "<Source><LocURI>./F/text</LocURI></Source></Item></Copy>" +
      get("7", "./F?list=StructData"));
  EXPECT_EQ(answer_to("5"), "413");
  EXPECT_EQ(answer_to("6"), "413");
  EXPECT_EQ(answer_to("7"), "200");
  EXPECT_EQ(value("./V/c"), "twenty octets, or so");
  for (const std::string& line : results()) EXPECT_EQ(line.find("ref"), std::string::npos) << line;
}

// What was just replaced has no value to be read before the commit.
TEST_P(SessionFileTest, TND_095_CopyOfWhatTheAtomicHasReplacedIs403) {
  run("<Atomic><CmdID>4</CmdID>" + replace("5", "./F/text", "new") +
      "<Copy><CmdID>6</CmdID><Item><Target><LocURI>./V/c</LocURI></Target><Source><LocURI>./F/text</LocURI></Source>"
      "</Item></Copy></Atomic>");
  EXPECT_EQ(answer_to("6"), "403");
  EXPECT_EQ(value("./V/c"), "(absent)");
  EXPECT_TRUE(shelf->files.empty());
}

// What a stream hands over, and how it ends.
class Collected final : public ValueSink {
 public:
  explicit Collected(Octets& octets) : octets_(octets) {}
  Result<void> write(Bytes octets) override {
    octets_ += octets;
    return {};
  }
  Result<Octets> finish() override { return Octets("ref"); }

 private:
  Octets& octets_;
};
std::string streamed(Bytes value, std::size_t piece, Format format) {
  Octets octets;
  ValueStream stream(std::make_unique<Collected>(octets), false, format);
  for (std::size_t at = 0; at < value.size(); at += piece) {
    const auto written = stream.write(value.substr(at, piece));
    if (!written) return std::string(to_string(written.error().code));
  }
  const auto finished = std::move(stream).finish();
  return finished ? octets : std::string(to_string(finished.error().code));
}

TEST(ValueStream, PRO_263_TextIsUtf8HoweverItIsCut) {
  const Octets text = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_EQ(streamed(text, piece, Format::chr), text);
    for (const Octets& bad :
         {text + "\xC3", text + "\xF0\x9F\x98", "\xA4" + text, text + "\xC3z", text + "\xED\xA0\x80"}) {
      EXPECT_EQ(streamed(bad, piece, Format::xml), "veto") << hex_encode(bad) << piece;
      EXPECT_EQ(streamed(bad, piece, Format::bin), bad);
    }
  }
}

}  // namespace
}  // namespace omadm
