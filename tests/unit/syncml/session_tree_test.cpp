// Commands on the tree as a server sees them, in XML and in WBXML. protocol rules PRO-026, PRO-150 … PRO-194, 408.
#include "dmtree/management_object.h"
#include "tests/unit/syncml/session_command_fixture.h"

namespace omadm {
namespace {

// ./Box: what the rules on permanent nodes and access types need.
constexpr const char* kBoxDdf = R"(<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>Box</NodeName>
<DFProperties><AccessType><Add/><Delete/><Get/><Replace/><Exec/></AccessType><DFFormat><node/></DFFormat>
<Scope><Dynamic/></Scope><DFType><DDFName/></DFType></DFProperties>
<Node><NodeName>Lock</NodeName><DFProperties><AccessType><Add/><Get/><Replace/></AccessType><DFFormat><chr/></DFFormat>
<Scope><Dynamic/></Scope><DFType><MIME>text/plain</MIME></DFType></DFProperties></Node></Node>
<Node><NodeName>Fixed</NodeName><DFProperties><AccessType><Get/><Replace/><Delete/></AccessType>
<DFFormat><chr/></DFFormat><Scope><Permanent/></Scope><DFType><MIME>text/plain</MIME></DFType></DFProperties></Node>
</MgmtTree>)";

class Runnable final : public ManagementObject {
 public:
  Result<ExecOutcome> exec(const ExecRequest& request) override {
    requests.push_back(request);
    return outcome;
  }
  ExecOutcome outcome = ExecOutcome::done;
  std::vector<ExecRequest> requests;
};

class SessionTreeTest : public SessionCommandTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionTreeTest() { options.encoding = GetParam(); }
  void add_box() {
    ASSERT_TRUE(ddf.add(kBoxDdf, "box"));
    tree = *Tree::open(store, ddf, clock);
    interior("./Box", "Add=*&Get=*&Replace=*&Delete=*&Exec=*");
    set("./Box/Lock", "1");
  }
  std::string property(const std::string& uri, Property which) {
    const auto text = tree->begin(Principal::device()).property(*Uri::parse(uri), which);
    return text ? *text : "(" + text.error().detail + ")";
  }
  static std::string on(const std::string& command, const std::string& cmd_id, const std::string& inside) {
    return "<" + command + "><CmdID>" + cmd_id + "</CmdID>" + inside + "</" + command + ">";
  }
  static std::string copy(const std::string& cmd_id, const std::string& source, const std::string& target) {
    return on("Copy", cmd_id,
              "<Item><Target><LocURI>" + target + "</LocURI></Target><Source><LocURI>" + source +
                  "</LocURI></Source></Item>");
  }
  static std::string node(const std::string& name, const std::string& format, const std::string& inside) {
    return "<Node><NodeName>" + name + "</NodeName><RTProperties><Format><" + format + "/></Format><Type>" +
           (format == "node" ? "<DDFName/>" : "<MIME>text/plain</MIME>") + "</Type></RTProperties>" + inside +
           "</Node>";
  }
  static std::string tnds(const std::string& nodes) {
    return "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD>" + nodes + "</MgmtTree>";
  }
  static std::string tnds_data(const std::string& nodes) { return "<Data><![CDATA[" + tnds(nodes) + "]]></Data>"; }
  static std::string tnds_meta() { return meta("xml", "application/vnd.syncml.dmtnds+xml"); }
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionTreeTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionTreeTest, PRO_026_PRO_210_CommandsRunInTheOrderOfTheDocument) {
  run(add("4", "./V/n", "1") + get("5", "./V/n") + replace("6", "./V/n", "2") + get("7", "./V/n") +
      on("Sequence", "8", replace("9", "./V/n", "3") + get("10", "./V/n") + on("Delete", "11", item("./V/n"))) +
      get("12", "./V/n") + on("Atomic", "13", add("14", "./V/n", "4") + replace("15", "./V/n", "5")) +
      get("16", "./V/n"));
  EXPECT_EQ(results(), (Lines{"./V/n = 1", "./V/n = 2", "./V/n = 3", "./V/n = 5"}));
  EXPECT_EQ(answer_to("12"), "404");
}

TEST_P(SessionTreeTest, PRO_150_PRO_126_WithAndWithoutTheLeadingDot) {
  run(get("4", "./V/a") + get("5", "V/a") + replace("6", "V/a", "2") + get("7", "./V/a") + get("8", "."));
  EXPECT_EQ(sent_status("5")->target_refs.at(0), "V/a");
  EXPECT_EQ(answer_to("8"), "200");
  EXPECT_EQ(results(), (Lines{"./V/a = 1", "V/a = 1", "./V/a = 2", ". [node] = DevInfo/V"}));
}

TEST_P(SessionTreeTest, PRO_152_PRO_154_NamesAreUtf8AndKeepTheirCase) {
  run(add("4", "./V/M%C3%BCnchen", "1") + add("5", "./V/Case", "2") + add("6", "./V/case", "3") +
      get("7", "./V/M\xC3\xBCnchen") + get("8", "./V/Case") + get("9", "./V/CASE") + add("10", "./V/x%2Fy", "4") +
      get("11", "./V/x/y") + get("12", "./V"));
  for (const char* cmd : {"4", "5", "6", "7", "8", "10"}) EXPECT_EQ(answer_to(cmd), "200") << cmd;
  EXPECT_EQ(answer_to("9"), "404");
  EXPECT_EQ(answer_to("11"), "404");
  EXPECT_EQ(results().at(1), "./V/Case = 2");
  const std::string names = "/" + results().back().substr(results().back().find("= ") + 2) + "/";
  EXPECT_NE(names.find("/Case/"), std::string::npos) << names;
  EXPECT_NE(names.find("/case/"), std::string::npos) << names;
}

TEST_P(SessionTreeTest, PRO_156_ListIsForGetAlone) {
  const std::string uri = "./V?list=Struct";
  run(add("4", uri, "x") + replace("5", uri, "x") + on("Delete", "6", item(uri)) + on("Exec", "7", item(uri)) +
      copy("8", "./V/a", uri) + copy("9", uri, "./V/c") + get("10", uri));
  for (const char* cmd : {"4", "5", "6", "7", "8", "9"}) EXPECT_EQ(answer_to(cmd), "405") << cmd;
  EXPECT_EQ(answer_to("10"), "200");
  EXPECT_EQ(value("./V/a"), "1");
}

TEST_P(SessionTreeTest, PRO_160_PRO_167_AddNeverReplacesAndReplaceNeverAdds) {
  const auto commits = store.appended();
  run(add("4", "./V/a", "9") + add("5", "./V", "9") + replace("6", "./V/none", "9") + get("7", "./V/none"));
  EXPECT_EQ(sent, (Lines{"Status 4 Add 418", "Status 5 Add 418", "Status 6 Replace 404", "Status 7 Get 404", "Final"}));
  EXPECT_EQ(value("./V/a"), "1");
  EXPECT_EQ(store.appended(), commits);
}

TEST_P(SessionTreeTest, PRO_161_PRO_086_MetaOfAnAddSaysFormatAndType) {
  run(on("Add", "4", meta("node") + item("./V/dir")) +
      on("Add", "5", meta("node", "urn:x:mo:1.0") + item("./V/object", "<Data/>")) + add("6", "./V/plain", "text") +
      on("Add", "7", meta("int", "text/x-number") + item("./V/number", "<Data>5</Data>")) +
      on("Add", "8", meta("null") + item("./V/nothing")) + add("9", "./V/empty", "") +
      on("Add", "10", meta("int") + item("./V/bad", "<Data>five</Data>")));
  for (const char* cmd : {"4", "5", "6", "7", "8", "9"}) EXPECT_EQ(answer_to(cmd), "200") << cmd;
  EXPECT_EQ(answer_to("10"), "403");
  const auto both = [this](const std::string& uri) {
    return property(uri, Property::format) + " " + property(uri, Property::type);
  };
  EXPECT_EQ(both("./V/dir"), "node ");
  EXPECT_EQ(both("./V/object"), "node urn:x:mo:1.0");
  EXPECT_EQ(both("./V/plain"), "chr text/plain");
  EXPECT_EQ(both("./V/number"), "int text/x-number");
  EXPECT_EQ(both("./V/nothing"), "null text/plain");
  EXPECT_EQ(value("./V/empty"), "");
}

TEST_P(SessionTreeTest, PRO_164_WhoMayOnlyAddOwnsWhatItAdded) {
  interior("./Guest", "Add=*&Get=*");
  run(on("Add", "4", meta("node") + item("./Guest/dir")) + on("Add", "5", meta("node") + item("./V/dir")) +
      add("6", "./Guest/dir/leaf", "1") + replace("7", "./Guest/dir/leaf", "2"));
  for (const char* cmd : {"4", "5", "6", "7"}) EXPECT_EQ(answer_to(cmd), "200") << cmd;
  EXPECT_EQ(property("./Guest/dir", Property::acl),
            "Add=srv.example.com&Delete=srv.example.com&Replace=srv.example.com");
  EXPECT_EQ(property("./V/dir", Property::acl), "");
}

TEST_P(SessionTreeTest, PRO_165_PRO_166_ReplaceOfASubtreeIsDeleteAndAdd) {
  interior("./Sub", "Add=*&Get=*&Replace=*&Delete=*");
  set("./Sub/M/a", "1");
  set("./Sub/M/b", "2");
  run(on("Replace", "4",
         tnds_meta() + item("./Sub", tnds_data(node("M", "node",
                                                    node("b", "chr", "<Value>20</Value>") +
                                                        node("c", "int", "<Value>30</Value>"))))));
  EXPECT_EQ(sent, (Lines{"Status 4 Replace 200", "Final"}));
  EXPECT_EQ(value("./Sub/M/a"), "(absent)");
  EXPECT_EQ(value("./Sub/M/b"), "20");
  EXPECT_EQ(value("./Sub/M/c"), "30");
  const auto commits = store.appended();
  run(on("Replace", "4",
         tnds_meta() + item("./Sub", tnds_data(node("M", "node",
                                                    node("b", "chr", "<Value>21</Value>") +
                                                        node("c", "int", "<Value>thirty</Value>"))))));
  EXPECT_EQ(answer_to("4").substr(0, 1), "4") << answer_to("4");
  EXPECT_EQ(value("./Sub/M/b"), "20");
  EXPECT_EQ(store.appended(), commits);
}

TEST_P(SessionTreeTest, PRO_168_PropertiesThatCanBeReplaced) {
  add_box();
  run(replace("4", "./V/a?prop=Name", "renamed") + replace("5", "./V/b?prop=Name", "renamed") +
      replace("6", "./Fixed?prop=Name", "other") + replace("7", "./V?prop=ACL", "Get=*&amp;Replace=*") +
      replace("8", "./V/b?prop=Title", "A title") + replace("9", "./V/b?prop=Size", "3") +
      replace("10", "./V?prop=ACL", "Get=*&amp;Fly=*"));
  EXPECT_EQ(answer_to("4"), "200");
  EXPECT_EQ(answer_to("5"), "418");
  EXPECT_EQ(answer_to("6"), "405");
  EXPECT_EQ(answer_to("7"), "200");
  EXPECT_EQ(answer_to("8"), "200");
  EXPECT_EQ(answer_to("9"), "405");
  EXPECT_NE(answer_to("10"), "200");
  EXPECT_EQ(value("./V/renamed"), "1");
  EXPECT_EQ(value("./V/a"), "(absent)");
  EXPECT_EQ(value("./V/b"), "2");
  EXPECT_EQ(property("./V", Property::acl), "Get=*&Replace=*");  // replaced whole
  EXPECT_EQ(property("./V/b", Property::title), "A title");
}

TEST_P(SessionTreeTest, PRO_169_WhatPermanentNodesAndLeavesRefuse) {
  add_box();
  interior("./V/dir");
  run(on("Replace", "4", meta("int") + item("./Fixed", "<Data>5</Data>")) +
      on("Replace", "5", meta("chr", "text/html") + item("./Fixed", "<Data>x</Data>")) +
      replace("6", "./Fixed", "new") + add("7", "./V/a/child", "x") +
      on("Add", "8", meta("node") + item("./Fixed/child")));
  EXPECT_EQ(answer_to("4"), "405");
  EXPECT_EQ(answer_to("5"), "405");
  EXPECT_EQ(answer_to("7"), "405");
  EXPECT_EQ(answer_to("8"), "405");
  EXPECT_EQ(property("./Fixed", Property::format) + " " + property("./Fixed", Property::type), "chr text/plain");
}

TEST_P(SessionTreeTest, PRO_170_DeleteTakesProtectedChildrenWithIt) {
  add_box();
  run(on("Delete", "4", item("./Box/Lock")) + get("5", "./Box/Lock") + on("Delete", "6", item("./Fixed")) +
      on("Delete", "7", item(".")) + on("Delete", "8", item("./Box")) + get("9", "./Box/Lock"));
  EXPECT_EQ(answer_to("4"), "405");
  EXPECT_EQ(answer_to("5"), "200");
  EXPECT_EQ(answer_to("6"), "405");
  EXPECT_EQ(answer_to("7"), "405");
  EXPECT_EQ(answer_to("8"), "200");
  EXPECT_EQ(answer_to("9"), "404");
}

TEST_P(SessionTreeTest, PRO_174_PropertiesComeAsTextWithoutMeta) {
  set("./V/n", "7", Format::int_);
  run(get("4", "./V/n?prop=Format") + get("5", "./V/n?prop=Size") + get("6", "./V/n?prop=ACL") +
      get("7", "./V/n?prop=Name") + get("8", "./V/n?prop=VerNo"));
  EXPECT_EQ(results(), (Lines{"./V/n?prop=Format = int", "./V/n?prop=Size = 1",
                              "./V/n?prop=ACL = ", "./V/n?prop=Name = n", "./V/n?prop=VerNo = 0"}));
  for (const Command& command : message.commands) {
    for (const Item& each : command.items) EXPECT_TRUE(each.meta.empty());
  }
}

TEST_P(SessionTreeTest, PRO_176_CopyTakesTheRightsOfGetAddAndReplace) {
  interior("./Hidden", "Replace=other");
  set("./Hidden/x", "secret");
  interior("./ReadOnly", "Get=*");
  set("./ReadOnly/x", "9");
  run(copy("4", "./Hidden/x", "./V/loot") + copy("5", "./V/a", "./ReadOnly/x") + copy("6", "./V/a", "./ReadOnly/new") +
      copy("7", "./V/a", "./V/b") + copy("8", "./V/none", "./V/b") + replace("9", "./V/a", "changed"));
  EXPECT_EQ(answer_to("4"), "425");
  EXPECT_EQ(answer_to("5"), "425");
  EXPECT_EQ(answer_to("6"), "425");
  EXPECT_EQ(answer_to("7"), "200");
  EXPECT_EQ(answer_to("8"), "404");
  EXPECT_EQ(sent_status("7")->source_refs.at(0), "./V/a");
  EXPECT_EQ(value("./V/loot"), "(absent)");
  EXPECT_EQ(value("./ReadOnly/x"), "9");
  EXPECT_EQ(value("./V/b"), "1");  // of its own since
}

TEST_P(SessionTreeTest, PRO_177_ExecIsDoneOrAccepted) {
  add_box();
  Runnable box;
  tree->attach(*Uri::parse("./Box"), box);
  const std::string uri = "<Item><Target><LocURI>./Box</LocURI></Target><Data>now</Data></Item>";
  run(on("Exec", "4", uri) + on("Exec", "5", "<Correlator>c-9</Correlator>" + uri));
  EXPECT_EQ(sent, (Lines{"Status 4 Exec 200", "Status 5 Exec 200", "Final"}));
  box.outcome = ExecOutcome::accepted;
  run(on("Exec", "6", "<Correlator>c-10</Correlator>" + uri));
  EXPECT_EQ(sent, (Lines{"Status 6 Exec 202", "Final"}));
  ASSERT_EQ(box.requests.size(), 3u);
  EXPECT_EQ(box.requests.at(0).correlator, "");
  EXPECT_EQ(box.requests.at(1).correlator, "c-9");
  EXPECT_EQ(box.requests.at(2).correlator, "c-10");
  EXPECT_EQ(box.requests.at(2).data, "now");
  EXPECT_EQ(box.requests.at(2).server_id, "srv.example.com");
  for (const std::string& correlator : {box.requests.at(2).correlator, box.requests.at(0).correlator}) {
    GenericAlert alert;
    alert.server_id = account.server_id;
    alert.type = "org.example.done";
    alert.format = "chr";
    alert.correlator = correlator;
    host.owed.emplace_back(host.owed.size() + 1, alert);
  }
  run(get("7", "./V/a"));
  ASSERT_EQ(sent, (Lines{"Status 7 Get 200", "Results 7", "Alert 1226", "Alert 1226", "Final"}));
  EXPECT_EQ(message.commands.at(3).correlator, "c-10");
  EXPECT_EQ(message.commands.at(4).correlator, "");
  EXPECT_EQ(out->body.find(GetParam() == Encoding::xml ? "<Correlator/>" : "\x3C\x01"), std::string::npos);
  tree->detach(box);
}

TEST_P(SessionTreeTest, PRO_081_PRO_179_WhatIsNotImplementedIs406) {
  add_box();
  run(on("Exec", "4", item("./Box")) + on("Put", "5", "") + on("Move", "6", item("./V/a")));
  EXPECT_EQ(sent, (Lines{"Status 4 Exec 406", "Status 5 Put 406", "Status 6 Move 406", "Final"}));
}

TEST_P(SessionTreeTest, PRO_191_PRO_192_WhatTheServerMayNotGetIsLeftOut) {
  interior("./V/private", "Get=other&Replace=other");
  set("./V/private/x", "secret");
  interior("./V/shared");
  set("./V/shared/y", "7", Format::int_);
  run(get("4", "./V?list=StructData") + get("5", "./V?list=Struct") + get("6", "V/private?list=Struct"));
  EXPECT_EQ(results(), (Lines{"./V [node]", "./V/a = 1", "./V/b = 2", "./V/shared [node]", "./V/shared/y [int] = 7",
                              "./V [node]", "./V/a", "./V/b", "./V/shared [node]", "./V/shared/y [int]"}));
  EXPECT_EQ(answer_to("6"), "425");
}

TEST_P(SessionTreeTest, PRO_190_PRO_194_FiltersOfASerialisedSubtree) {
  run(replace("3", "./V/a?prop=Title", "Mine") + get("4", "./V/a?list=TNDS+Value+Title") +
      get("5", "./V/a?list=TNDS-Value-Title") + get("6", "./V/a?list=TNDS+Value-Title") +
      get("7", "./V/a?list=TNDS+Colour") + get("8", "./V/a?list=TNDS+Size"));
  for (const char* cmd : {"6", "7", "8"}) EXPECT_EQ(answer_to(cmd), "406") << cmd;
  std::vector<std::string> objects;
  for (const Command& command : message.commands) {
    if (command.name == CommandName::results) objects.emplace_back(command.items.at(0).data->octets);
  }
  ASSERT_EQ(objects.size(), 2u);
  if (GetParam() == Encoding::xml) {
    EXPECT_NE(objects[0].find("<Value>1</Value>"), std::string::npos) << objects[0];
    EXPECT_EQ(objects[0].find("<Format>"), std::string::npos) << objects[0];
    EXPECT_EQ(objects[1].find("<Value>"), std::string::npos) << objects[1];
    EXPECT_NE(objects[1].find("<Format><chr/></Format>"), std::string::npos) << objects[1];
  }
  EXPECT_NE(objects[0].find("Mine"), std::string::npos);
  EXPECT_EQ(objects[1].find("Mine"), std::string::npos);
}

// The same object as escaped text, as CDATA and, in WBXML, as one OPAQUE.
TEST_P(SessionTreeTest, PRO_408_XmlTextInsideDataInEveryForm) {
  start();
  const std::string object = tnds(node("Mail", "node", node("Host", "chr", "<Value>mx.example.net</Value>")));
  std::string escaped;
  for (const char c : object) escaped += c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  const std::string whole = header("1") + "<SyncBody>" +
                            on("Add", "4", tnds_meta() + item("./V", "<Data>" + escaped + "</Data>")) +
                            "<Final/></SyncBody></SyncML>";
  if (GetParam() == Encoding::xml) {
    receive_raw(whole);
  } else {
    auto decoded = decode(Encoding::xml, whole, Limits{});
    ASSERT_TRUE(decoded);
    decoded->commands.at(0).items.at(0).data->opaque = true;
    InMessage in;
    in.content_type = std::string(kDmWbxmlType);
    in.body = encode(*decoded, Encoding::wbxml);
    take(session->receive(in));
  }
  ++server_msg_id;
  EXPECT_EQ(answer_to("4"), "200");
  EXPECT_EQ(value("./V/Mail/Host"), "mx.example.net");
  run(on("Delete", "5", item("./V/Mail")) +
      on("Add", "6",
         tnds_meta() + item("./V", "<Data><![CDATA[" + object + "]]></Data>")));  // in WBXML an inline string
  EXPECT_EQ(sent, (Lines{"Status 5 Delete 200", "Status 6 Add 200", "Final"}));
  EXPECT_EQ(value("./V/Mail/Host"), "mx.example.net");
}

TEST_P(SessionTreeTest, TND_041_TND_042_TND_117_SuffixesAreForGetAndReplace) {
  interior("./V", "Add=*&Get=*&Replace=*&Delete=*&Exec=*");
  set("./V/a", "1");
  start();
  for (const std::string command : {"Add", "Delete", "Exec"}) {
    run(on(command, "4", item("./V?prop=Title")) + on(command, "5", item("./V/none?prop=Title")) +
        on(command, "6", item("./V/a?prop=Owner")) + on(command, "7", item("./V?prop=Size")) +
        on(command, "8", item("./V/a?list=Struct")) + on(command, "9", item("./.omadm?prop=ACL")));
    EXPECT_EQ(sent, (Lines{"Status 4 " + command + " 405", "Status 5 " + command + " 404",
                           "Status 6 " + command + " 406", "Status 7 " + command + " 406",
                           "Status 8 " + command + " 405", "Status 9 " + command + " 404", "Final"}));
  }
}

TEST_P(SessionTreeTest, TND_041_TND_050_WhatANodeDoesNotHaveIs406ForEveryCommand) {
  interior("./V", "Add=*&Get=*&Replace=*&Delete=*&Exec=*");
  set("./V/a", "1");
  set("./V/b", "2");
  start();
  for (const std::string command : {"Add", "Delete", "Exec", "Get", "Replace"}) {
    run(on(command, "4", item("./DevInfo/Man?prop=Title", "<Data>x</Data>")));
    EXPECT_EQ(sent, (Lines{"Status 4 " + command + " 406", "Final"}));
  }
  const auto copy = [](const std::string& from, const std::string& to) {
    return on(
        "Copy", "4",
        "<Item><Target><LocURI>" + to + "</LocURI></Target><Source><LocURI>" + from + "</LocURI></Source></Item>");
  };
  for (const auto& [from, to, status] :
       {std::tuple("./V/a", "./V/b?prop=Title", "405"), std::tuple("./V/a?prop=Title", "./V/b", "405"),
        std::tuple("./V/a", "./V/b?prop=Owner", "406"), std::tuple("./DevInfo/Man?prop=VerNo", "./V/b", "406")}) {
    run(copy(from, to));
    EXPECT_EQ(sent, (Lines{"Status 4 Copy " + std::string(status), "Final"})) << from << to;
  }
}

TEST_P(SessionTreeTest, PRO_258_TND_100_AnObjectSentWholeIsUnderTheLimitToo) {
  interior("./V", "Add=*&Get=*&Replace=*");
  options.max_obj_size = 9;
  start();
  run(on("Add", "4", item("./V/new", "<Data>123456789</Data>")) +
      on("Add", "5", item("./V/other", "<Data>1234567890</Data>")) +
      on("Replace", "6", item("./V/new", "<Data>1234567890</Data>")));
  EXPECT_EQ(sent, (Lines{"Status 4 Add 200", "Status 5 Add 413", "Status 6 Replace 413", "Final"}));
  EXPECT_EQ(value("./V/new"), "123456789");
}

}  // namespace
}  // namespace omadm
