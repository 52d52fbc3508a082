// Large objects from the server, in XML and in WBXML, and what a broken end leaves. protocol rules PRO-028, PRO-073,
// PRO-250 … PRO-263.
#include "tests/unit/syncml/session_chunk_fixture.h"

namespace omadm {
namespace {

// A store that may be full, or broken.
class SmallStore final : public Store {
 public:
  explicit SmallStore(Store& inner) : inner_(inner) {}
  Result<LoadReport> load(const Replay& replay) override { return inner_.load(replay); }
  Result<void> append(const CommitRecord& commit) override {
    if (full) return Error{Errc::storage_full, "no room"};
    if (broken) return Error{Errc::io, "input/output error"};
    return inner_.append(commit);
  }
  Result<void> sync() override { return inner_.sync(); }
  bool wants_compaction() const override { return false; }
  Result<void> compact(std::uint64_t, const Snapshot&) override { return Error{Errc::unsupported, "compact"}; }
  bool full = false;
  bool broken = false;

 private:
  Store& inner_;
};

class SessionChunkTest : public ChunkedSessionTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionChunkTest() { options.encoding = GetParam(); }
  void expect_more() { EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 3 " + name_ + " 213", "Alert 1222"})); }
  std::string name_ = "Add";
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionChunkTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionChunkTest, PRO_055_PRO_253_PRO_255_TheOldValueStaysToTheEnd) {
  name_ = "Replace";
  send(chunk("Replace", "./V/a", "new ", true, size(9)));
  expect_more();
  EXPECT_EQ(value("./V/a"), "1");
  send(chunk("Replace", "./V/a", "val", true));
  expect_more();
  EXPECT_EQ(value("./V/a"), "1");
  send(chunk("Replace", "./V/a", "ue", false), true);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 3 Replace 200", "Final"}));
  EXPECT_EQ(value("./V/a"), "new value");
}

TEST_P(SessionChunkTest, PRO_253_WhatElseIsSentStandsForTheRequest) {
  send(get("2", "./V/a") + chunk("Add", "./V/n", "abc", true, size(6)));
  EXPECT_EQ(Lines(sent.begin(), sent.begin() + 4),
            (Lines{"Status 0 SyncHdr 200", "Status 2 Get 200", "Results 2", "Status 3 Add 213"}));
  EXPECT_FALSE(message.final_message);
}

TEST_P(SessionChunkTest, PRO_263_Base64IsDecodedAfterJoining) {
  const std::string octets("\0\x01\x02\x03\x04\x05\xfe\xff", 8);
  const std::string text = base64_encode(octets);
  ASSERT_EQ(text.size(), 12u);
  send(chunk("Add", "./V/n", text.substr(0, 5), true, format("b64") + size(text.size())));
  expect_more();
  send(chunk("Add", "./V/n", text.substr(5, 2), true, format("b64")));
  expect_more();
  send(chunk("Add", "./V/n", text.substr(7), false, format("b64")), true);
  EXPECT_EQ(answer_to("3"), "200");
  EXPECT_EQ(value("./V/n"), octets);
  run(get("4", "./V/n?prop=Format"));
  EXPECT_EQ(results(), (Lines{"./V/n?prop=Format = bin"}));
}

// In WBXML the octets themselves, any of them.
TEST_P(SessionChunkTest, PRO_263_OctetsOfOpaqueChunksAreJoined) {
  const std::string octets("\0<\x01&\0\xff\xfe\0", 8);
  const bool xml = GetParam() == Encoding::xml;
  const std::string all = xml ? base64_encode(octets) : octets;
  const auto part = [&](std::size_t from, std::size_t length) {
    return xml ? all.substr(from, length) : base64_encode(all.substr(from, length));  // the fixture makes it OPAQUE
  };
  send(chunk("Add", "./V/n", part(0, 3), true, format("bin") + size(all.size())));
  expect_more();
  send(chunk("Add", "./V/n", part(3, 2), true, format("bin")));
  expect_more();
  send(chunk("Add", "./V/n", part(5, 99), false, format("bin")), true);
  EXPECT_EQ(answer_to("3"), "200");
  EXPECT_EQ(value("./V/n"), octets);
}

TEST_P(SessionChunkTest, PRO_259_AFullStoreIs420AndChangesNothing) {
  SmallStore small(store);
  tree = *Tree::open(small, ddf, clock);
  small.full = true;
  send(add("2", "./V/m", "x") + chunk("Add", "./V/n", "abc", true, size(6)));
  EXPECT_EQ(answer_to("2"), "420");
  send(chunk("Add", "./V/n", "def", false) + replace("4", "./V/a", "2") + "<Atomic><CmdID>5</CmdID>" +
           add("6", "./V/o", "x") + "</Atomic>",
       true);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 3 Add 420", "Status 4 Replace 420", "Status 5 Atomic 507",
                         "Status 6 Add 420", "Final"}));
  small.full = false;
  run(get("7", "./V"));
  EXPECT_EQ(results(), (Lines{"./V [node] = a/b"}));
  session.reset();
  tree = *Tree::open(store, ddf, clock);
}

// TND-117, step 8: of a data store that fails Copy has a status of its own.
TEST_P(SessionChunkTest, TND_095_TND_117_AFailingStoreIs510ForCopy) {
  for (const std::string command : {"Copy", "Replace"}) {
    SmallStore small(store);
    tree = *Tree::open(small, ddf, clock);
    small.broken = true;
    const std::string items =
        "<Item><Target><LocURI>./V/a</LocURI></Target><Source><LocURI>./V/b</LocURI></Source>"
        "<Data>3</Data></Item>";
    run("<" + command + "><CmdID>4</CmdID>" + items + "</" + command + ">");
    EXPECT_EQ(answer_to("4"), command == "Copy" ? "510" : "500");
    session.reset();
    server_msg_id = 0;
    tree = *Tree::open(store, ddf, clock);
  }
}

TEST_P(SessionChunkTest, PRO_028_PRO_262_ABrokenOffSessionLeavesNothing) {
  const auto commits = store.appended();
  send(chunk("Replace", "./V/a", "abcd", true, size(10)));
  session.reset();  // no answer ever came
  server_msg_id = 0;
  send(chunk("Replace", "./V/a", "efghij", false), true);  // of the former session's object nothing is known
  EXPECT_EQ(answer_to("3"), "200");
  EXPECT_EQ(value("./V/a"), "efghij");
  EXPECT_EQ(store.appended(), commits + 1);
}

TEST_P(SessionChunkTest, PRO_028_PRO_227_APowerCutKeepsWhatWasAnsweredAndNothingElse) {
  send("<Atomic><CmdID>2</CmdID>" + add("4", "./V/good", "x") + "</Atomic><Atomic><CmdID>5</CmdID>" +
       add("6", "./V/bad", "x") + replace("7", "./none", "x") + "</Atomic>" +
       chunk("Add", "./V/n", "abcd", true, size(10)));
  EXPECT_EQ(answer_to("2"), "200");
  EXPECT_EQ(answer_to("5"), "507");
  session.reset();
  tree.reset();
  store.lose_unsynced();
  tree = *Tree::open(store, ddf, clock);
  EXPECT_EQ(value("./V/good"), "x");
  EXPECT_EQ(value("./V/bad"), "(absent)");
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_P(SessionChunkTest, PRO_262_TheServersAbortDropsTheObject) {
  send(chunk("Add", "./V/n", "abcd", true, size(6)));
  send("<Alert><CmdID>4</CmdID><Data>1223</Data></Alert>", true);
  EXPECT_EQ(result->end, SessionEnd::aborted);
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_P(SessionChunkTest, PRO_070_PRO_073_AnAnswerToOurAbortIsIgnored) {
  start();
  take(session->abort());
  EXPECT_EQ(sent, (Lines{"Alert 1223", "Final"}));
  EXPECT_EQ(result->end, SessionEnd::aborted);
  const auto commits = store.appended();
  receive(header_status(200) + add("4", "./V/n", "x") + "<Final/>", "<RespURI>https://elsewhere.example/</RespURI>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::aborted);
  EXPECT_EQ(store.appended(), commits);
}

}  // namespace
}  // namespace omadm
