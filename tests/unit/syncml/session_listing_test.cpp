// What a server reads and how large things may be, in XML and in WBXML. tree rules TND-043 … TND-101, TND-120.
#include <utility>

#include "dmtree/tnds/tnds.h"
#include "tests/unit/syncml/session_command_fixture.h"

namespace omadm {
namespace {

class SessionListingTest : public SessionCommandTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionListingTest() { options.encoding = GetParam(); }
  static std::string on(const std::string& command, const std::string& cmd_id, const std::string& inside) {
    return "<" + command + "><CmdID>" + cmd_id + "</CmdID>" + inside + "</" + command + ">";
  }
  // A message whose sender takes objects of so many octets.
  void run_with_max_obj_size(std::size_t octets, const std::string& commands) {
    if (!session) start();
    receive(header_status(200) + commands + "<Final/>",
            "<Meta><MaxObjSize xmlns=\"syncml:metinf\">" + std::to_string(octets) + "</MaxObjSize></Meta>");
    sent.erase(sent.begin());
  }
  // Everything an Item of Results says: address [Format] (Type) = Data.
  Lines items() const {
    Lines lines;
    for (const Command& command : message.commands) {
      if (command.name != CommandName::results) continue;
      for (const Item& item : command.items) {
        std::string line(item.source.value_or("?"));
        if (item.meta.format) line += " [" + std::string(*item.meta.format) + "]";
        if (item.meta.type) line += " (" + std::string(*item.meta.type) + ")";
        if (item.data) line += " = " + std::string(item.data->octets);
        lines.push_back(line);
      }
    }
    return lines;
  }
  // A chunk of an Item for ./V/a; `size` in the first one.
  static std::string chunk(const std::string& data, bool more, const std::string& size = {}) {
    return on("Replace", "3",
              (size.empty() ? "" : "<Meta><Size xmlns=\"syncml:metinf\">" + size + "</Size></Meta>") +
                  item("./V/a", "<Data>" + data + "</Data>" + (more ? "<MoreData/>" : "")));
  }
  void send(const std::string& commands, bool last = false) {
    if (!session) start();
    receive(header_status(200) + commands + (last ? "<Final/>" : ""));
    sent.erase(sent.begin());
  }
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionListingTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionListingTest, TND_043_PropertiesAreTextWhateverMetaSays) {
  run(on("Replace", "4", meta("b64", "text/html") + item("./V/a?prop=Title", "<Data>QUJD</Data>")) +
      on("Replace", "5", meta("int") + item("./V/a?prop=ACL", "<Data>Get=*</Data>")) +
      replace("6", "./V/b?prop=Title", "M\xC3\xBCnchen \xE2\x82\xAC") + replace("7", "./V/b", "12345678901") +
      get("8", "./V/a?prop=Title") + get("9", "./V/a?prop=ACL") + get("10", "./V/b?prop=Title") +
      get("11", "./V/b?prop=Size") + get("12", "./V/b?prop=VerNo"));
  EXPECT_EQ(items(),
            (Lines{"./V/a?prop=Title = QUJD", "./V/a?prop=ACL = Get=*",
                   "./V/b?prop=Title = M\xC3\xBCnchen \xE2\x82\xAC", "./V/b?prop=Size = 11", "./V/b?prop=VerNo = 2"}));
}

TEST_P(SessionListingTest, TND_045_NoPropertyComesIntoBeing) {
  start();
  const auto commits = store.appended();
  for (const std::string uri : {"./V/a?prop=Owner", "./V?prop=Owner", "./V/a?prop=title", "./V/a?prop="}) {
    run(add("4", uri, "x") + replace("5", uri, "x") + on("Delete", "6", item(uri)) + on("Exec", "7", item(uri)) +
        get("8", uri));
    EXPECT_EQ(sent, (Lines{"Status 4 Add 406", "Status 5 Replace 406", "Status 6 Delete 406", "Status 7 Exec 406",
                           "Status 8 Get 406", "Final"}))
        << uri;
  }
  EXPECT_EQ(store.appended(), commits);
}

TEST_P(SessionListingTest, TND_083_StatusesPrecedeResultsAndWhatFailedHasNone) {
  run(on("Get", "4", item("./V/a") + item("./V/none") + item("./V/b")));
  EXPECT_EQ(sent,
            (Lines{"Status 4 Get 200", "Status 4 Get 404", "Status 4 Get 200", "Results 4", "Results 4", "Final"}));
  EXPECT_EQ(items(), (Lines{"./V/a = 1", "./V/b = 2"}));
  run(on("Get", "5", item("./V/none") + item("./V?list=Everything")));
  EXPECT_EQ(sent, (Lines{"Status 5 Get 404", "Status 5 Get 406", "Final"}));
}

TEST_P(SessionListingTest, TND_084_EveryNodeOfTheSubtreeIsAnItem) {
  run(on("Add", "4", meta("node", "urn:x:mo:1.0") + item("./V/object", "<Data/>")) +
      on("Add", "5", meta("int", "text/x-number") + item("./V/object/n", "<Data>5</Data>")) +
      on("Add", "6", meta("null") + item("./V/object/none")) + get("7", "./V?list=Struct") +
      get("8", "./V/object?list=StructData") + get("9", "./V/a?list=Struct") + get("10", "./V/a?list=StructData"));
  EXPECT_EQ(items(), (Lines{"./V [node]", "./V/a", "./V/b", "./V/object [node] (urn:x:mo:1.0)",
                            "./V/object/n [int] (text/x-number)", "./V/object/none [null]",  // Struct: no Data
                            "./V/object [node] (urn:x:mo:1.0)",
                            "./V/object/n [int] (text/x-number) = 5",  // StructData: of leaves
                            "./V/object/none [null] = ", "./V/a", "./V/a = 1"}));
}

TEST_P(SessionListingTest, TND_086_OneSubtreeIsOneObject) {
  interior("./V/dir");
  set("./V/dir/n", "5", Format::int_);
  run(get("4", "./V?list=TNDS"));
  ASSERT_EQ(sent, (Lines{"Status 4 Get 200", "Results 4", "Final"}));
  ASSERT_EQ(message.commands.at(2).items.size(), 1u);
  const auto object = read_tnds(message.commands.at(2).items.front().data->octets, Limits{});
  ASSERT_TRUE(object) << object.error().detail;
  Lines nodes;
  for (const TndsNode& node : object->nodes) nodes.push_back(node.relative + " = " + node.value);
  EXPECT_EQ(nodes, (Lines{"V = ", "V/a = 1", "V/b = 2", "V/dir = ", "V/dir/n = 5"}));
  EXPECT_EQ(object->nodes.back().format, Format::int_);
}

TEST_P(SessionListingTest, TND_089_WhatTheServerCannotTakeIs413) {
  set("./V/big", std::string(40, 'x'));
  run_with_max_obj_size(39, get("4", "./V/big") + get("5", "./V/a") + get("6", "./V?list=StructData") +
                                get("7", "./V/big?list=TNDS") + get("8", "./V?list=Struct") + get("9", "./V"));
  EXPECT_EQ(sent, (Lines{"Status 4 Get 413", "Status 5 Get 200", "Results 5", "Status 6 Get 413", "Status 7 Get 413",
                         "Status 8 Get 200", "Results 8", "Results 8", "Results 8", "Results 8", "Status 9 Get 200",
                         "Results 9", "Final"}));
  run(get("4", "./V/big"));  // holds for the rest of the session
  EXPECT_EQ(sent, (Lines{"Status 4 Get 413", "Final"}));
  run_with_max_obj_size(40, get("4", "./V/big"));
  EXPECT_EQ(sent, (Lines{"Status 4 Get 200", "Results 4", "Final"}));
}

// A message of a few octets a command may not make us owe any number of megabytes.
TEST_P(SessionListingTest, PRO_060_WhatOneMessageMayAskForIsBounded) {
  set("./V/big", std::string(1U << 20U, 'x'));
  std::string gets, items;
  for (int id = 4; id < 20; ++id) {
    gets += get(std::to_string(id), "./V/big");
    items += item("./V/big");
  }
  start();
  // Not decoded again: the answer is larger than what a session takes.
  const auto answer = [this](const std::string& commands) {
    host.reports.clear();
    const std::string document = header(std::to_string(++server_msg_id)) + "<SyncBody>" + header_status(200) +
                                 commands + "<Final/></SyncBody></SyncML>";
    const Session::Step step = session->receive({std::string(media_type(options.encoding)), std::nullopt,
                                                 options.encoding == Encoding::xml ? document : in_wbxml(document)});
    Lines statuses;
    for (const CommandReport& report : host.reports) statuses.push_back(report.cmd_id + " " + report.status);
    return std::pair(statuses, step.send ? step.send->body.size() >> 20U : 0);
  };
  const auto [statuses, megabytes] = answer(gets + get("20", "./V/a"));
  EXPECT_EQ(megabytes, 4u);
  ASSERT_EQ(statuses.size(), 17u);
  EXPECT_EQ(statuses.at(3), "7 200");
  EXPECT_EQ(statuses.at(4), "8 413");
  EXPECT_EQ(statuses.back(), "20 413");
  // The next message may ask for as much again.
  EXPECT_EQ(answer(on("Get", "4", items)).second, 4u);
  run(get("4", "./V/a"));
  EXPECT_EQ(sent, (Lines{"Status 4 Get 200", "Results 4", "Final"}));
}

TEST_P(SessionListingTest, TND_100_ValuesThatAreTooLarge) {
  options.max_obj_size = 9;
  const std::string title(255, 't');
  send(replace("4", "./V/a?prop=Title", title) + replace("5", "./V/a?prop=Title", title + "t") +
       chunk("abcdef", true, "10"));
  EXPECT_EQ(sent, (Lines{"Status 4 Replace 200", "Status 5 Replace 413", "Status 3 Replace 413", "Alert 1222"}));
  send(chunk("ghij", false), true);
  EXPECT_EQ(sent, (Lines{"Status 3 Replace 413", "Final"}));
  EXPECT_EQ(value("./V/a"), "1");
  send(chunk("abcdef", true, "9"));
  send(chunk("ghi", false), true);
  EXPECT_EQ(sent, (Lines{"Status 3 Replace 200", "Final"}));
  EXPECT_EQ(value("./V/a"), "abcdefghi");
}

TEST_P(SessionListingTest, TND_101_ChunksThatDoNotMakeTheAnnouncedSize) {
  for (const char* size : {"9", "11", "0"}) {
    send(chunk("abcdef", true, size));
    EXPECT_EQ(sent, (Lines{"Status 3 Replace 213", "Alert 1222"})) << size;
    send(chunk("ghij", false), true);
    EXPECT_EQ(sent, (Lines{"Status 3 Replace 424", "Final"})) << size;
    EXPECT_EQ(value("./V/a"), "1");
  }
  send(chunk("abcdef", true, "10"));
  send(replace("4", "./V/b", "7") + chunk("ghij", false), true);
  EXPECT_EQ(sent, (Lines{"Alert 1225", "Status 4 Replace 200", "Status 3 Replace 200", "Final"}));
  EXPECT_EQ(value("./V/a"), "ghij");  // a whole object of its own
  EXPECT_EQ(value("./V/b"), "7");
}

// The same package in a session of either version.
TEST_P(SessionListingTest, TND_120_TheTreeIsTheSameInDm13) {
  const std::string commands =
      on("Add", "4", meta("node") + item("./V/dir")) + add("5", "./V/dir/n", "5") + add("6", "./V/dir/n", "6") +
      on("Sequence", "7", replace("8", "./V/dir/n", "7") + get("9", "./V/dir/n")) +
      on("Atomic", "10", replace("11", "./V/b", "9") + on("Delete", "12", item("./V/none"))) +
      on("Exec", "13", item("./V/dir")) + replace("14", "./V/dir?prop=ACL", "Get=*&amp;Delete=*") +
      add("15", "./V/dir/m", "x") + get("16", "./V/dir?prop=ACL") + replace("17", "./V/a?prop=Name", "c") +
      get("18", "./V?list=StructData") + get("19", "./V/c?prop=Owner") + on("Delete", "20", item("./V/dir"));
  Lines first_sent, first_items;
  for (const DmVersion version : {DmVersion::dm12, DmVersion::dm13}) {
    options.version = version;
    server_msg_id = 0;
    set("./V/a", "1");
    start();
    std::string whole = header(std::to_string(++server_msg_id)) + "<SyncBody>" + header_status(200) + commands +
                        "<Final/></SyncBody></SyncML>";
    whole.replace(whole.find("DM/1.2"), 6, ver_proto(version));
    receive_raw(whole);
    EXPECT_EQ(message.header.ver_proto, ver_proto(version));
    if (version == DmVersion::dm12) {
      first_sent = sent;
      first_items = items();
      ASSERT_EQ(answer_to("15"), "425");
      ASSERT_EQ(answer_to("20"), "200");
      Transaction undo = tree->begin(Principal::device());
      ASSERT_TRUE(undo.remove(*Uri::parse("./V/c")));
      ASSERT_TRUE(std::move(undo).commit());
    }
  }
  EXPECT_EQ(sent, first_sent);
  EXPECT_EQ(items(), first_items);
}

}  // namespace
}  // namespace omadm
