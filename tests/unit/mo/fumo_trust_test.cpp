// FUMO-068: what a package must be before it is installed, with real keys and certificates.
#include <cstdlib>
#include <fstream>

#include "base/text.h"
#include "mo/common/package_check.h"
#include "tests/unit/mo/fumo_fixture.h"

namespace omadm::test {
namespace {

using namespace std::chrono_literals;

// A signing authority, its signer, another one of the same kind, and a bare key; made by openssl(1), once a process.
class Keys {
 public:
  static const Keys& get() {
    static const Keys keys;
    return keys;
  }
  std::string file(const std::string& name) const { return directory_.file(name); }
  Octets sign(const Octets& content, const std::string& signer, bool cms) const {
    write(file("content"), content);
    if (cms) {
      run("openssl cms -sign -binary -md sha256 -outform DER -in content -signer " + signer + ".pem -inkey " + signer +
          ".key -out signature");
    } else {
      run("openssl dgst -sha256 -sign " + signer + ".key -out signature content");
    }
    std::ifstream in(file("signature"), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

 private:
  Keys() {
    for (const std::string name : {"good", "other"}) {
      run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=" + name + "-ca -keyout " + name +
          "-ca.key -out " + name + "-ca.pem");
      run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -keyout " + name +
          ".key -out " + name + ".csr");
      run("openssl x509 -req -days 2 -in " + name + ".csr -CA " + name + "-ca.pem -CAkey " + name +
          "-ca.key -CAcreateserial -out " + name + ".pem");
      run("openssl pkey -in " + name + ".key -pubout -out " + name + ".pub");
    }
  }
  static void write(const std::string& path, const Octets& content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  void run(const std::string& command) const {
    const std::string line = "cd '" + directory_.path() + "' && " + command + " >/dev/null 2>&1";
    EXPECT_EQ(std::system(line.c_str()), 0) << command;
  }

  TemporaryDirectory directory_;
};

class FumoTrust : public FumoTest {
 protected:
  FumoTrust() {
    settings_.trust = {};
    settings_.trust.certificate_file = Keys::get().file("good-ca.pem");
    http_.answer_with([this](const HttpRequest& request) {
      if (request.url == kUrl) return serve_range(request, firmware_, "\"v1\"");
      FakeAnswer answer;
      answer.status = request.url == std::string(kUrl) + ".sig" && !signature_.empty() ? 200 : 404;
      answer.body = answer.status == 200 ? signature_ : "";
      return answer;
    });
  }
  // The result of a DownloadAndUpdate from a device that has just come up.
  std::string result_of_update() {
    restart();
    slot_.packages.clear();
    reports_.clear();
    EXPECT_TRUE(exec_with_url("DownloadAndUpdate"));
    EXPECT_TRUE(run_until_reported());
    if (reports_.size() != 1) return "not one report";
    const std::string result = reports_[0].data;
    EXPECT_EQ(slot_.packages.size(), result == "200" ? 1U : 0U);
    EXPECT_EQ(state(), result == "200" ? "90" : "20");
    fumo_->report_acknowledged(reports_[0]);
    return result;
  }
  void claim(const std::string& leaf, const Octets& value) {
    Transaction transaction = tree_->begin(Principal::device());
    ASSERT_TRUE(transaction.put(uri("./FUMO/1/Ext/" + leaf), {std::nullopt, std::nullopt, value}));
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(tree_->flush());
  }

  Octets signature_;  // beside the package
};

TEST_F(FumoTrust, FUMO_068_ASignatureBesideThePackage) {
  EXPECT_EQ(result_of_update(), "404");  // there is none
  signature_ = Keys::get().sign(firmware_, "good", true);
  EXPECT_EQ(result_of_update(), "200");
  signature_ = Keys::get().sign(firmware_, "other", true);
  EXPECT_EQ(result_of_update(), "404");
  signature_ = Keys::get().sign(firmware_ + "x", "good", true);
  EXPECT_EQ(result_of_update(), "404");
  signature_ = "no signature at all";
  EXPECT_EQ(result_of_update(), "404");
  settings_.trust = {};
  settings_.trust.public_key_file = Keys::get().file("good.pub");
  signature_ = Keys::get().sign(firmware_, "good", false);
  EXPECT_EQ(result_of_update(), "200");
  settings_.trust.public_key_file = Keys::get().file("good.pem");  // a certificate has a key too
  EXPECT_EQ(result_of_update(), "200");
  signature_ = Keys::get().sign(firmware_, "other", false);
  EXPECT_EQ(result_of_update(), "404");
  settings_.trust.public_key_file = "/nonexistent";
  EXPECT_EQ(result_of_update(), "409");
}

TEST_F(FumoTrust, FUMO_068_ASignatureInTheTreeGoesBeforeThatBesideThePackage) {
  signature_ = Keys::get().sign(firmware_, "other", true);
  restart();
  claim("Signature", Keys::get().sign(firmware_, "good", true));
  EXPECT_EQ(result_of_update(), "200");
}

TEST_F(FumoTrust, FUMO_068_NothingIsInstalledUnverifiedUnlessTheConfigurationSaysSo) {
  settings_.trust = {};
  EXPECT_EQ(result_of_update(), "404");
  settings_.trust.unverified = true;
  EXPECT_EQ(result_of_update(), "200");
}

TEST_F(FumoTrust, FUMO_068_DigestBeforeDeviceBeforeSignature) {
  restart();
  claim("Sha256", hex_encode(sha256("another")));
  claim("Model", "X-1");
  EXPECT_EQ(result_of_update(), "402");
  claim("Sha256", hex_encode(sha256(firmware_)));
  EXPECT_EQ(result_of_update(), "403");
  claim("Model", "");
  EXPECT_EQ(result_of_update(), "404");
  signature_ = Keys::get().sign(firmware_, "good", true);
  EXPECT_EQ(result_of_update(), "200");
  for (const char* leaf : {"HwV", "FwV"}) {
    claim(leaf, "none of this device");
    EXPECT_EQ(result_of_update(), "403");
    claim(leaf, "");
  }
}

TEST_F(FumoTrust, FUMO_068_PkgDataIsCheckedBeforeItsInstallation) {
  const Octets data = "delivered in the session";
  const auto update = [&] {
    reports_.clear();
    slot_.packages.clear();
    EXPECT_TRUE(replace("./FUMO/1/Update/PkgData", data));
    EXPECT_TRUE(exec("./FUMO/1/Update"));
    EXPECT_TRUE(run_until_reported());
    EXPECT_EQ(slot_.packages.size(), reports_.at(0).data == "200" ? 1U : 0U);
    return reports_.at(0).data;
  };
  restart();
  EXPECT_EQ(update(), "404");
  EXPECT_EQ(state(), "70");
  claim("Signature", Keys::get().sign(data, "good", true));
  EXPECT_EQ(update(), "200");
  claim("Model", "X-1");
  EXPECT_EQ(update(), "403");
  claim("Sha256", hex_encode(sha256("another")));
  claim("Model", "");
  EXPECT_EQ(update(), "402");
}

TEST_F(FumoTrust, FUMO_068_AFileThatChangedOnTheDeviceIsNotInstalled) {
  signature_ = Keys::get().sign(firmware_, "good", true);
  restart();
  ASSERT_TRUE(exec_with_url("Download"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
  for (const auto& file : std::filesystem::directory_iterator(settings_.work_dir)) {
    if (file.path().extension() != ".pkg") continue;
    std::fstream(file.path(), std::ios::in | std::ios::out).seekp(1000).put('X');
  }
  ASSERT_TRUE(exec("./FUMO/1/Update"));
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(reports_[1].data, "402");
  EXPECT_TRUE(slot_.packages.empty());
}

TEST_F(FumoTrust, FUMO_070_InState40ThePackageIsVerifiedAfterARestartToo) {
  signature_ = Keys::get().sign(firmware_, "other", true);
  restart();
  std::optional<MemoryStore> copy;
  tree_->observe([&](const CommitRecord&) {
    if (state() == "40" && !copy) copy = store_;
  });
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until([&] { return copy.has_value(); }));
  fumo_.reset();
  tree_.reset();
  store_ = *copy;
  switch_on();
  EXPECT_EQ(state(), "40");
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_.at(0).data, "404");
  EXPECT_TRUE(slot_.packages.empty());
}

TEST(SignatureUrl, FUMO_068_WhereASignatureIsLookedFor) {
  EXPECT_EQ(signature_url("https://h/p.bin"), "https://h/p.bin.sig");
  EXPECT_EQ(signature_url("https://h/p.bin?x=1#f"), "https://h/p.bin.sig?x=1#f");
}

}  // namespace
}  // namespace omadm::test
