#include "base/io/file_system.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "base/io/clock.h"
#include "base/ports/http_client.h"

namespace omadm {
namespace {

class FileSystemTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "omadm-fs-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory); }
  std::string path(const std::string& name) const { return directory + "/" + name; }
  std::string directory;
  PosixFileSystem files;
};

TEST_F(FileSystemTest, AppendsSyncsAndReadsBack) {
  auto file = files.open_append(path("a"));
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append("one"));
  ASSERT_TRUE((*file)->append(std::string(100'000, 'x')));
  ASSERT_TRUE((*file)->sync());
  EXPECT_EQ((*file)->size(), 100'003u);
  ASSERT_TRUE((*file)->truncate(3));
  ASSERT_TRUE((*file)->append("two"));
  EXPECT_EQ(*files.read(path("a"), 6), "onetwo");
  EXPECT_EQ(files.read(path("a"), 5).error().code, Errc::too_large);
}

TEST_F(FileSystemTest, RoomIsZerosThatAppendingTakesThePlaceOf) {
  auto file = files.open_append(path("a"));
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append("one"));
  ASSERT_TRUE((*file)->make_room(4));
  EXPECT_EQ((*file)->size(), 3u);
  EXPECT_EQ(*files.read(path("a"), 100), Octets("one\0\0\0\0", 7));
  ASSERT_TRUE((*file)->append("two"));
  EXPECT_EQ(*files.read(path("a"), 100), Octets("onetwo\0", 7));
  ASSERT_TRUE((*file)->append("three"));
  EXPECT_EQ(*files.read(path("a"), 100), "onetwothree");
  ASSERT_TRUE((*file)->make_room(4));
  ASSERT_TRUE((*file)->truncate(6));
  EXPECT_EQ(*files.read(path("a"), 100), "onetwo");
  EXPECT_EQ((*file)->size(), 6u);
}

TEST_F(FileSystemTest, AFileIsForItsOwnerAlone) {
  ASSERT_TRUE(files.open_append(path("a")));
  struct stat status {};
  ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST_F(FileSystemTest, ErrorsNameTheFileAndTheReason) {
  const auto missing = files.read(path("none"), 10);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_NE(missing.error().detail.find(path("none")), std::string::npos);
  EXPECT_EQ(files.remove(path("none")).error().code, Errc::not_found);
  EXPECT_EQ(files.list(path("none")).error().code, Errc::not_found);
}

TEST_F(FileSystemTest, AFullMediumIsStorageFull) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full here";
  auto file = files.open_append("/dev/full");
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->append("x").error().code, Errc::storage_full);
}

TEST_F(FileSystemTest, DirectoriesAreMadeListedAndSynced) {
  ASSERT_TRUE(files.make_directory(path("x/y/z")));
  ASSERT_TRUE(files.make_directory(path("x/y/z")));
  ASSERT_TRUE(files.open_append(path("x/b")));
  ASSERT_TRUE(files.open_append(path("x/a")));
  EXPECT_EQ(*files.list(path("x")), (std::vector<std::string>{"a", "b", "y"}));
  EXPECT_TRUE(files.sync_directory(path("x")));
  ASSERT_TRUE(files.rename(path("x/b"), path("x/a")));
  ASSERT_TRUE(files.remove(path("x/a")));
  EXPECT_EQ(*files.list(path("x")), (std::vector<std::string>{"y"}));
  ASSERT_TRUE(files.open_append(path("plain")));
  EXPECT_FALSE(files.make_directory(path("plain")));
}

TEST_F(FileSystemTest, ALockIsHeldByOneAndNamesItsHolder) {
  auto lock = FileLock::acquire(path("lock"));
  ASSERT_TRUE(lock);
  const auto second = FileLock::acquire(path("lock"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::unavailable);
  EXPECT_NE(second.error().detail.find(std::to_string(::getpid())), std::string::npos) << second.error().detail;
  { const FileLock dropped = std::move(*lock); }
  EXPECT_TRUE(FileLock::acquire(path("lock")));
}

TEST_F(FileSystemTest, TheEndOfItsProcessReleasesALock) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FileLock::acquire(path("lock"));
    ::_exit(lock ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(FileLock::acquire(path("lock")));
}

TEST(ClockText, TND_135_TimesAreWrittenInUtc) {
  EXPECT_EQ(iso8601_basic(1706687942), "20240131T075902Z");
  EXPECT_EQ(rfc3339(1706687942), "2024-01-31T07:59:02Z");
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(951782400), "2000-02-29T00:00:00Z");
}

TEST(HttpResponseHeaders, AreFoundWhateverTheirCase) {
  HttpResponse response;
  response.headers = {{"content-TYPE", "Application/Vnd.SyncML.DM+wbxml; charset=UTF-8"}, {"Via", "a"}, {"via", "b"}};
  EXPECT_EQ(response.content_type(), "application/vnd.syncml.dm+wbxml");
  EXPECT_EQ(response.header("VIA"), "a, b");
  EXPECT_EQ(response.header("Accept"), "");
}

}  // namespace
}  // namespace omadm
