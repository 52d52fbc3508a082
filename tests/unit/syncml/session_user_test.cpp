// User interaction alerts: options, answers, and what they do to the commands around them. PRO-213 … PRO-346.
#include "tests/unit/syncml/session_command_fixture.h"

namespace omadm {
namespace {

using std::chrono::seconds;

class SessionUserTest : public SessionCommandTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionUserTest() {
    options.encoding = GetParam();
    options.user_present = true;
  }
  // `more`: further Items, the choices.
  static std::string ask(const std::string& cmd_id, const std::string& code, const std::string& items = {},
                         const Lines& choices = {}, const std::string& text = "Really?") {
    std::string alert = "<Alert><CmdID>" + cmd_id + "</CmdID><Data>" + code + "</Data><Item>" +
                        (items.empty() ? "" : "<Data>" + items + "</Data>") + "</Item><Item><Data>" + text +
                        "</Data></Item>";
    for (const std::string& choice : choices) alert += "<Item><Data>" + choice + "</Data></Item>";
    return alert + "</Alert>";
  }
  void say(UserAnswer::Kind kind, const std::string& text = {}, std::vector<unsigned> choices = {}) {
    take(session->answer_user({kind, text, std::move(choices)}));
    if (!sent.empty() && sent.front() == "Status 0 SyncHdr 200") sent.erase(sent.begin());
  }
  void yes() { say(UserAnswer::Kind::accepted); }
  void no() { say(UserAnswer::Kind::rejected); }
  void cancel() { say(UserAnswer::Kind::cancelled); }
  Lines said(const std::string& cmd_ref) const {
    Lines texts;
    const Command* const status = sent_status(cmd_ref);
    if (status == nullptr) return {"(no Status)"};
    for (const Item& item : status->items) texts.emplace_back(item.data ? item.data->octets : "(no Data)");
    return texts;
  }
  UserPrompt prompt_for(const std::string& code, const std::string& options_text, const Lines& choices = {}) {
    run(ask("4", code, options_text, choices));
    return asked.value_or(UserPrompt{});
  }
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionUserTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionUserTest, PRO_321_TheTextAndTheChoicesAreAskedInTheirOrder) {
  run(ask("4", "1103", "", {"red", "green", "blue"}, "Which &lt;colour&gt;?"));
  ASSERT_TRUE(asked);
  EXPECT_FALSE(out);
  EXPECT_FALSE(result);
  EXPECT_EQ(asked->kind, PromptKind::single_choice);
  EXPECT_EQ(asked->text, "Which <colour>?");
  EXPECT_EQ(asked->choices, (Lines{"red", "green", "blue"}));
  EXPECT_EQ(asked->server_id, account.server_id);
}

TEST_P(SessionUserTest, PRO_321_PRO_325_PRO_329_AnAlertWithoutItsItemsIs412AndAsksNobody) {
  const std::string one_item = "<Alert><CmdID>4</CmdID><Data>1101</Data><Item><Data>MAXDT=5</Data></Item></Alert>";
  const std::string no_text = "<Alert><CmdID>5</CmdID><Data>1100</Data><Item/><Item/></Alert>";
  const std::string no_choice = ask("6", "1104");
  run(one_item + no_text + no_choice + ask("7", "1103") + get("8", "./V/a"));
  EXPECT_FALSE(asked);
  EXPECT_EQ(sent, (Lines{"Status 4 Alert 412", "Status 5 Alert 412", "Status 6 Alert 412", "Status 7 Alert 412",
                         "Status 8 Get 200", "Results 8", "Final"}));
}

TEST_P(SessionUserTest, PRO_322_PRO_331_WhatWasShownOrTimedOutIs200) {
  run(ask("4", "1100") + ask("5", "1100", "MAXDT=1"));
  ASSERT_TRUE(asked);
  yes();
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->max_wait, seconds(1));
  say(UserAnswer::Kind::timed_out);
  EXPECT_EQ(sent, (Lines{"Status 4 Alert 200", "Status 5 Alert 200", "Final"}));
  EXPECT_TRUE(said("4").empty());
  EXPECT_TRUE(sent_status("4")->target_refs.empty());
}

TEST_P(SessionUserTest, PRO_323_PRO_327_PRO_330_YesIs200NoIs304AndConcernsNothingElse) {
  run(ask("4", "1101") + ask("5", "1101") + replace("6", "./V/a", "9"));
  yes();
  no();
  EXPECT_EQ(sent, (Lines{"Status 4 Alert 200", "Status 5 Alert 304", "Status 6 Replace 200", "Final"}));
  EXPECT_EQ(value("./V/a"), "9");
}

TEST_P(SessionUserTest, PRO_324_TheTypedTextComesBackEvenWhenItIsEmpty) {
  run(ask("4", "1102") + ask("5", "1102"));
  say(UserAnswer::Kind::accepted, "B\xC3\xA4r & <Co>");
  say(UserAnswer::Kind::accepted, "");
  EXPECT_EQ(said("4"), (Lines{"B\xC3\xA4r & <Co>"}));
  EXPECT_EQ(said("5"), (Lines{""}));
}

TEST_P(SessionUserTest, PRO_325_ChoicesComeBackAsTheirNumbers) {
  const Lines choices{"a", "b", "c"};
  run(ask("4", "1103", "", choices) + ask("5", "1104", "", choices) + ask("6", "1104", "", choices));
  say(UserAnswer::Kind::accepted, "", {3});
  say(UserAnswer::Kind::accepted, "", {2, 3});
  say(UserAnswer::Kind::accepted);
  EXPECT_EQ(said("4"), (Lines{"3"}));
  EXPECT_EQ(said("5"), (Lines{"2", "3"}));
  EXPECT_TRUE(said("6").empty());
  for (const char* cmd : {"4", "5", "6"}) EXPECT_EQ(answer_to(cmd), "200");
}

TEST_P(SessionUserTest, PRO_326_ACancelledQuestionEndsThePackageButNotTheSession) {
  run(replace("4", "./V/a", "8") + ask("5", "1102") + replace("6", "./V/b", "8") + ask("7", "1100") +
      "<Sequence><CmdID>8</CmdID>" + get("9", "./V/a") + "</Sequence>");
  ASSERT_TRUE(asked);
  cancel();
  EXPECT_EQ(sent, (Lines{"Status 4 Replace 200", "Status 5 Alert 214", "Status 6 Replace 215", "Status 7 Alert 215",
                         "Status 8 Sequence 215", "Status 9 Get 215", "Final"}));
  EXPECT_EQ(value("./V/a"), "8");
  EXPECT_EQ(value("./V/b"), "2");
  run(replace("4", "./V/b", "7"));
  EXPECT_EQ(answer_to("4"), "200");
}

TEST_P(SessionUserTest, PRO_326_TheRestOfAPackageInLaterMessagesIsNotExecutedEither) {
  start();
  receive(header_status(200) + ask("4", "1101"));
  cancel();
  EXPECT_EQ(sent, (Lines{"Status 4 Alert 214", "Alert 1222"}));
  receive(header_status(200) + replace("5", "./V/a", "9") + "<Final/>");
  EXPECT_EQ(answer_to("5"), "215");
  EXPECT_EQ(value("./V/a"), "1");
}

TEST_P(SessionUserTest, PRO_213_PRO_211_NoOrCancelInASequenceSkipsWhatFollows) {
  const auto sequence = [](const std::string& first) {
    return "<Sequence><CmdID>" + first + "3</CmdID>" + replace(first + "4", "./V/a", first) + ask(first + "5", "1101") +
           replace(first + "6", "./V/b", first) + ask(first + "7", "1100") + "</Sequence>";
  };
  run(sequence("1") + get("20", "./V/a"));
  no();
  EXPECT_EQ(sent, (Lines{"Status 13 Sequence 200", "Status 14 Replace 200", "Status 15 Alert 304",
                         "Status 16 Replace 215", "Status 17 Alert 215", "Status 20 Get 200", "Results 20", "Final"}));
  EXPECT_EQ(value("./V/b"), "2");
  run(sequence("3") + get("20", "./V/a"));
  cancel();
  EXPECT_EQ(sent, (Lines{"Status 33 Sequence 200", "Status 34 Replace 200", "Status 35 Alert 214",
                         "Status 36 Replace 215", "Status 37 Alert 215", "Status 20 Get 215", "Final"}));
}

// The transaction waits with the session: nothing of it is seen before the user agreed.
TEST_P(SessionUserTest, PRO_222_PRO_227_AnAtomicWaitsForTheUserAndIsCommittedWhole) {
  run("<Atomic><CmdID>3</CmdID>" + replace("4", "./V/a", "9") + ask("5", "1101") + replace("6", "./V/b", "9") +
      "</Atomic>");
  ASSERT_TRUE(asked);
  EXPECT_EQ(value("./V/a"), "1");
  yes();
  EXPECT_EQ(sent, (Lines{"Status 3 Atomic 200", "Status 4 Replace 200", "Status 5 Alert 200", "Status 6 Replace 200",
                         "Final"}));
  EXPECT_EQ(value("./V/a"), "9");
  EXPECT_EQ(value("./V/b"), "9");
}

TEST_P(SessionUserTest, PRO_225_PRO_327_NoOrCancelInAnAtomicRollsItBack) {
  const std::string atomic = "<Atomic><CmdID>3</CmdID>" + replace("4", "./V/a", "9") + ask("5", "1101") +
                             replace("6", "./V/b", "9") + "</Atomic>" + replace("7", "./V/b", "5");
  run(atomic);
  no();
  EXPECT_EQ(sent, (Lines{"Status 3 Atomic 507", "Status 4 Replace 216", "Status 5 Alert 304", "Status 6 Replace 215",
                         "Status 7 Replace 200", "Final"}));
  EXPECT_EQ(value("./V/a"), "1");
  EXPECT_EQ(value("./V/b"), "5");
  run(atomic);
  cancel();
  EXPECT_EQ(sent, (Lines{"Status 3 Atomic 507", "Status 4 Replace 216", "Status 5 Alert 214", "Status 6 Replace 215",
                         "Status 7 Replace 215", "Final"}));
}

TEST_P(SessionUserTest, PRO_225_AnAnswerIsTakenBackWithTheAtomic) {
  run("<Atomic><CmdID>3</CmdID>" + ask("4", "1102") + replace("5", "./V/none", "9") + "</Atomic>");
  say(UserAnswer::Kind::accepted, "typed");
  EXPECT_EQ(sent, (Lines{"Status 3 Atomic 507", "Status 4 Alert 216", "Status 5 Replace 404", "Final"}));
  EXPECT_TRUE(said("4").empty());
}

TEST_P(SessionUserTest, PRO_328_PRO_342_WithoutAnAnswerDrStandsForItOrItIs408) {
  const Lines choices{"a", "b", "c"};
  struct Case {
    const char* code;
    const char* option;
    const char* status;
    Lines data;
  };
  const Case cases[] = {{"1101", "MAXDT=5", "408", {}},
                        {"1101", "MAXDT=5&amp;DR=1", "200", {}},
                        {"1101", "MAXDT=5&amp;DR=0", "304", {}},
                        {"1102", "MAXDT=5&amp;DR=John+Doe", "200", {"John Doe"}},
                        {"1102", "MAXDT=5&amp;IT=N&amp;DR=John", "408", {}},
                        {"1103", "MAXDT=5&amp;DR=2", "200", {"2"}},
                        {"1103", "MAXDT=5&amp;DR=9", "408", {}},
                        {"1104", "MAXDT=5&amp;DR=2-3", "200", {"2", "3"}}};
  for (const Case& one : cases) {
    run(ask("4", one.code, one.option, one.code[3] >= '3' ? choices : Lines{}) + get("5", "./V/a"));
    ASSERT_TRUE(asked) << one.option;
    EXPECT_EQ(asked->max_wait, seconds(5)) << one.option;
    say(UserAnswer::Kind::timed_out);
    EXPECT_EQ(answer_to("4"), one.status) << one.code << " " << one.option;
    EXPECT_EQ(said("4"), one.data) << one.code << " " << one.option;
    EXPECT_EQ(answer_to("5"), std::string(one.status) == "408" ? "215" : "200") << one.option;
  }
}

TEST_P(SessionUserTest, PRO_329_WhatCannotBeShownIs416AndNobodyLeftIs406) {
  run(ask("4", "1103", "", {"a"}) + ask("5", "1101") + get("6", "./V/a"));
  say(UserAnswer::Kind::cannot_display);
  say(UserAnswer::Kind::no_user);
  EXPECT_EQ(answer_to("4"), "416");
  EXPECT_EQ(answer_to("5"), "406");
  EXPECT_EQ(answer_to("6"), "200");
}

TEST_P(SessionUserTest, PRO_340_PRO_341_PRO_344_PRO_346_OptionsThatAreUsableCount) {
  const UserPrompt prompt =
      prompt_for("1102", "MINDT=10&amp;MAXLEN=30&amp;FOO=1&amp;IT=N&amp;ET=P&amp;MAXDT=0&amp;DR=a%26b+c%zz&amp;");
  EXPECT_EQ(prompt.min_display, seconds(10));
  EXPECT_FALSE(prompt.max_wait);
  EXPECT_EQ(prompt.max_length, 30u);
  EXPECT_EQ(prompt.input_type, InputType::numeric);
  EXPECT_TRUE(prompt.hidden);
  EXPECT_EQ(prompt.default_text, "a&b c%zz");
}

TEST_P(SessionUserTest, PRO_340_PRO_343_OptionsForAnotherKindAreSkipped) {
  const UserPrompt prompt = prompt_for("1101", "MAXLEN=30&amp;IT=N&amp;ET=P&amp;DR=x&amp;MINDT=-1&amp;MAXDT=1e3");
  EXPECT_FALSE(prompt.max_length);
  EXPECT_EQ(prompt.input_type, InputType::alphanumeric);
  EXPECT_FALSE(prompt.hidden);
  EXPECT_FALSE(prompt.default_yes);
  EXPECT_EQ(prompt.min_display, seconds(0));
  EXPECT_FALSE(prompt.max_wait);
}

TEST_P(SessionUserTest, PRO_344_PRO_345_AnAnswerOfAnotherFormIsAskedForAgainAndThenCancelled) {
  const std::vector<std::pair<std::string, std::pair<Lines, Lines>>> forms = {
      {"IT=N", {{"-1.23", "7"}, {"1.2.3", "x", ""}}},
      {"IT=D", {{"05032024"}, {"31022024", "5.3.2024"}}},
      {"IT=T", {{"235959"}, {"240000", "12:00"}}},
      {"IT=P", {{"+49p17w", "112"}, {"1+1", "", "abc"}}},
      {"IT=I", {{"127.0.0.1", "192.168.000.001"}, {"1.2.3", "1.2.3.256"}}},
      {"MAXLEN=3", {{"\xC3\xA4\xC3\xB6\xC3\xBC", ""}, {"four"}}}};
  for (const auto& [option, texts] : forms) {
    for (const std::string& good : texts.first) {
      run(ask("4", "1102", option));
      say(UserAnswer::Kind::accepted, good);
      EXPECT_EQ(said("4"), Lines{good}) << option;
    }
    for (const std::string& bad : texts.second) {
      run(ask("4", "1102", option));
      say(UserAnswer::Kind::accepted, bad);
      ASSERT_TRUE(asked) << option << " " << bad;
      EXPECT_FALSE(asked->complaint.empty()) << option << " " << bad;
      cancel();
    }
  }
  run(ask("4", "1103", "", {"a", "b"}));
  for (int i = 0; i < 2; ++i) {
    say(UserAnswer::Kind::accepted, "", {7});
    EXPECT_TRUE(asked);
  }
  say(UserAnswer::Kind::accepted, "", {7});
  EXPECT_FALSE(asked);
  EXPECT_EQ(answer_to("4"), "214");
}

TEST_P(SessionUserTest, PRO_071_AbortedWhileTheUserIsAskedItAnswersWhatWasExecuted) {
  run(replace("4", "./V/a", "9") + ask("5", "1101") + replace("6", "./V/b", "9"));
  ASSERT_TRUE(asked);
  take(session->abort());
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Replace 200", "Status 5 Alert 214", "Status 6 Replace 215",
                         "Alert 1223", "Final"}));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, SessionEnd::aborted);
  EXPECT_EQ(value("./V/b"), "2");
}

TEST_P(SessionUserTest, PRO_071_PRO_028_AbortedInAnAtomicNothingOfItStays) {
  run("<Atomic><CmdID>3</CmdID>" + replace("4", "./V/a", "9") + ask("5", "1101") + "</Atomic>");
  take(session->abort());
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 3 Atomic 507", "Status 4 Replace 216", "Status 5 Alert 214",
                         "Alert 1223", "Final"}));
  EXPECT_EQ(value("./V/a"), "1");
}

TEST_P(SessionUserTest, PRO_071_AMessageThatIsNotTakenAnyMoreIsAnswered215) {
  start();
  InMessage in;
  in.content_type = std::string(media_type(options.encoding));
  const std::string document =
      header("1") + "<SyncBody>" + header_status(200) + replace("4", "./V/a", "9") + "<Final/></SyncBody></SyncML>";
  in.body = options.encoding == Encoding::xml ? document : in_wbxml(document);
  take(session->abort_after(in));
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Replace 215", "Alert 1223", "Final"}));
  EXPECT_EQ(value("./V/a"), "1");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, SessionEnd::aborted);
}

// A question while a large object is open is something else than its next chunk.
TEST_P(SessionUserTest, PRO_256_AQuestionInterruptsALargeObject) {
  start();
  receive(header_status(200) +
          "<Replace><CmdID>4</CmdID><Meta><Size xmlns=\"syncml:metinf\">4</Size></Meta><Item><Target><LocURI>./V/a"
          "</LocURI></Target><Data>ab</Data><MoreData/></Item></Replace>");
  EXPECT_EQ(answer_to("4"), "213");
  receive(header_status(200) + ask("5", "1101") + "<Final/>");
  yes();
  EXPECT_EQ(sent, (Lines{"Alert 1225", "Status 5 Alert 200", "Final"}));
}

}  // namespace
}  // namespace omadm
