// FUMO, "Alternate download": the flow with a descriptor, and what the host of the package hears.
#include <filesystem>

#include "base/text.h"
#include "tests/unit/mo/fumo_fixture.h"

namespace omadm::test {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class FumoDescriptor : public FumoTest {
 protected:
  static constexpr const char* kDescriptorUrl = "https://fw.example.net/p1.dd";
  static constexpr const char* kNotifyUrl = "https://fw.example.net/notify";

  FumoDescriptor() {
    http_.answer_with([this](const HttpRequest& request) { return answer(request); });
    describe(firmware_.size());
  }
  void describe(std::uint64_t size, const std::string& type = "application/octet-stream",
                const std::string& more = "<installNotifyURI>" + std::string(kNotifyUrl) + "</installNotifyURI>") {
    descriptor_ = "<media xmlns=\"http://www.openmobilealliance.org/xmlns/dd\"><objectURI>" + std::string(kUrl) +
                  "</objectURI><size>" + std::to_string(size) + "</size><type>" + type + "</type>" + more + "</media>";
  }
  FakeAnswer answer(const HttpRequest& request) {
    if (request.url == kUrl) return package_ ? package_(request) : serve_range(request, firmware_, "\"v1\"");
    FakeAnswer answer;
    if (request.url == kNotifyUrl) {
      told_.push_back(request.method + " " + request.body);
      answer.status = notify_status_;
      return answer;
    }
    answer.headers = {{"Content-Type", descriptor_type_}};
    answer.body = descriptor_;
    return answer;
  }
  std::string result() const { return reports_.size() == 1 ? reports_[0].data : "not one report"; }

  std::string descriptor_, descriptor_type_ = "application/vnd.oma.dd+xml; charset=utf-8";
  int notify_status_ = 200;
  std::function<FakeAnswer(const HttpRequest&)> package_;
  Lines told_;
};

TEST_F(FumoDescriptor, FUMO_060_FUMO_064_ADescriptorLeadsToItsPackage) {
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate", kDescriptorUrl));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(states_, (Lines{"10", "30", "40", "50", "60", "90"}));
  EXPECT_EQ(result(), "200");
  EXPECT_EQ(slot_.packages.at(0).sha256, hex_encode(sha256(firmware_)));
  EXPECT_EQ(told_, Lines{"POST 900 Success\r\n"});
  ASSERT_EQ(http_.requests.size(), 3U);  // the descriptor is asked for once
  EXPECT_EQ(http_.requests[0].headers.at(0).second, "application/vnd.oma.dd+xml, */*");
  fumo_->report_acknowledged(reports_[0]);
  EXPECT_TRUE(std::filesystem::is_empty(settings_.work_dir));
}

TEST_F(FumoDescriptor, FUMO_063_FUMO_064_WhatIsWrongIsReportedToBoth) {
  struct Row {
    const char* what;
    std::function<void()> prepare;
    const char* result;
    const char* told;
  };
  const Row rows[] = {
      {"no size", [this] { descriptor_ = "<media><objectURI>u</objectURI><type>t</type></media>"; }, "405", ""},
      {"type", [this] { describe(100, "image/png"); }, "405", "POST 953 Non-Acceptable Content\r\n"},
      {"over the limit", [this] { describe(settings_.max_size + 1); }, "501", "POST 901 Insufficient memory\r\n"},
      {"no room", [this] { describe(std::uint64_t{1} << 62U); }, "501", "POST 901 Insufficient memory\r\n"},
      {"longer", [this] { describe(firmware_.size() - 1); }, "402", "POST 905 Attribute mismatch\r\n"},
      {"shorter", [this] { describe(firmware_.size() + 1); }, "402", "POST 905 Attribute mismatch\r\n"},
      {"version 2", [this] { descriptor_type_ = "application/vnd.oma.dd2+xml"; }, "408", ""},
      {"in descriptor", [this] { describe(100, "application/octet-stream", "<DDVersion>2.0</DDVersion>"); }, "408", ""},
      {"too long", [this] { descriptor_ += std::string(70000, ' '); }, "405", ""},
      {"gone",
       [this] {
         package_ = [](const HttpRequest&) {
           FakeAnswer answer;
           answer.status = 404;
           return answer;
         };
       },
       "411", "POST 954 Loader Error\r\n"},
      {"network",
       [this] {
         package_ = [](const HttpRequest&) {
           FakeAnswer answer;
           answer.error = Error{Errc::transport, "gone"};
           return answer;
         };
       },
       "503", "POST 903 Loss of Service\r\n"},
      {"another descriptor",
       [this] {
         package_ = [this](const HttpRequest&) {
           FakeAnswer answer;
           answer.headers = {{"Content-Type", "application/vnd.oma.dd+xml"}};
           answer.body = descriptor_;
           return answer;
         };
       },
       "405", "POST 906 Invalid descriptor\r\n"},
  };
  settings_.types = {"application/octet-stream"};
  settings_.max_size = std::uint64_t{1} << 63U;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    settings_.max_size = row.what == std::string_view("over the limit") ? 1U << 20U : std::uint64_t{1} << 63U;
    descriptor_type_ = "application/vnd.oma.dd+xml";
    package_ = {};
    describe(firmware_.size());
    row.prepare();
    restart();
    reports_.clear();
    told_.clear();
    ASSERT_TRUE(exec_with_url("DownloadAndUpdate", kDescriptorUrl));
    ASSERT_TRUE(run_until_reported());
    EXPECT_EQ(state(), "20");
    EXPECT_EQ(result(), row.result);
    EXPECT_EQ(told_, std::string_view(row.told).empty() ? Lines{} : Lines{row.told});
    fumo_->report_acknowledged(reports_.at(0));
    EXPECT_TRUE(std::filesystem::is_empty(settings_.work_dir));
  }
  EXPECT_TRUE(slot_.packages.empty());
}

TEST_F(FumoDescriptor, FUMO_064_ThePackageIsNotUsedBeforeTheHostKnows) {
  notify_status_ = 503;
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate", kDescriptorUrl));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(told_.size(), 2U);  // retried
  EXPECT_EQ(result(), "503");
  EXPECT_EQ(state(), "20");
  EXPECT_TRUE(slot_.packages.empty());
}

TEST_F(FumoDescriptor, FUMO_066_ARestartGoesOnWithThePackageNotWithTheDescriptor) {
  firmware_ = Octets(3U << 20U, 'g');
  describe(firmware_.size());
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate", kDescriptorUrl));
  ASSERT_TRUE(run_until([this] { return !fumo_->packages().empty() && fumo_->packages()[0].received > (1U << 20U); }));
  EXPECT_EQ(fumo_->packages()[0].size, firmware_.size());
  restart();
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(result(), "200");
  ASSERT_EQ(http_.requests.size(), 4U);
  EXPECT_EQ(http_.requests[2].url, kUrl);
  EXPECT_EQ(http_.requests[2].headers.at(1).first, "Range");
  EXPECT_EQ(told_.size(), 1U);
}

TEST_F(FumoDescriptor, FUMO_061_TheHostMayAskWhoTheDeviceIs) {
  Lines asked;
  login_ = [&](std::string_view server, std::string_view url) -> std::optional<HttpLogin> {
    asked.push_back(std::string(server) + " " + std::string(url));
    return HttpLogin{"device", "secret", HttpAuthType::digest};
  };
  restart();
  ASSERT_TRUE(exec_with_url("Download", kUrl));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(asked, Lines{std::string("acme ") + kUrl});
  EXPECT_EQ(http_.requests.at(0).username, "device");
  EXPECT_EQ(http_.requests.at(0).password, "secret");
}

// The host of the descriptor, and nobody the descriptor leads to.
TEST_F(FumoDescriptor, FUMO_061_NoOtherHostLearnsWhoTheDeviceIs) {
  login_ = [](std::string_view, std::string_view) { return HttpLogin{"device", "secret", HttpAuthType::digest}; };
  restart();
  describe(firmware_.size());
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate", kDescriptorUrl));
  ASSERT_TRUE(run_until_reported());
  ASSERT_EQ(http_.requests.size(), 3U);  // the descriptor, the package, the report to the host
  for (const HttpRequest& request : http_.requests) {
    EXPECT_EQ(request.username, "device");
    EXPECT_EQ(request.login_url, kDescriptorUrl);
  }
}

TEST_F(FumoDescriptor, FUMO_061_WhatIsEncodedIsRefused) {
  package_ = [this](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, firmware_, "\"v1\"");
    answer.headers.emplace_back("Content-Encoding", "gzip");
    return answer;
  };
  ASSERT_TRUE(exec_with_url("Download", kUrl));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(result(), "408");
}

}  // namespace
}  // namespace omadm::test
