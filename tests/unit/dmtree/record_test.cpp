// The record format of the store, and the files made of it.
#include "dmtree/store/record.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "dmtree/store/crc32c.h"
#include "dmtree/store/store_file.h"
#include "tests/support/sample_commits.h"

namespace omadm {
namespace {

using test::commit;
using test::leaf;
using test::put;
using test::sample_commits;

std::string text_of(const std::vector<CommitRecord>& commits) {
  std::string text;
  for (const CommitRecord& c : commits) {
    text += std::to_string(c.sequence) + ' ' + std::to_string(c.time) + ' ' + c.origin.who + ' ' + c.origin.session +
            ' ' + c.origin.msg + ' ' + c.origin.cmd + ' ' + c.origin.command + '\n';
    for (const EditRecord& edit : c.edits) {
      test::SampleState one;
      CommitRecord single = c;
      single.edits = {edit};
      if (edit.op == EditRecord::Op::put) one.apply(single);
      text += std::to_string(static_cast<int>(edit.op)) + ' ' + edit.node.uri.str() + ' ' + edit.renamed.str() + ' ' +
              one.text();
    }
  }
  return text;
}

// RFC 3720 appendix B.4, and the check value every CRC catalogue gives.
TEST(Crc32c, MatchesPublishedVectors) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(Octets(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(Octets(32, '\xFF')), 0x62A8AB43U);
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c("6789", crc32c("12345")), crc32c("123456789"));
  Octets octets;
  for (std::size_t size = 0; size < 100; ++size, octets += static_cast<char>(size * 37)) {
    EXPECT_EQ(crc32c_by_tables(octets, 7), crc32c(octets, 7)) << size;
  }
}

TEST(Record, WhatWasWrittenIsRead) {
  std::vector<CommitRecord> commits = sample_commits(20);
  NodeRecord odd = leaf("./A/%E2%82%AC.x", Octets("\0\xFF\r\n", 4), -5);
  odd.format = Format::bin;
  odd.type = "application/octet-stream";
  odd.title = "Titel";
  odd.acl = "Get=*";
  odd.verno = 65535;
  commits.push_back(commit(1ULL << 62U, {put(odd), put(NodeRecord{})}));
  commits.back().time = INT64_MIN;
  commits.back().origin = {};
  std::vector<CommitRecord> read;
  for (const CommitRecord& c : commits) {
    const Result<Octets> octets = write_record(c, read.empty());
    ASSERT_TRUE(octets);
    Result<ReadRecord> record = read_record(*octets + "what follows");
    ASSERT_TRUE(record) << record.error().detail;
    EXPECT_EQ(record->size, octets->size());
    EXPECT_EQ(record->first_of_batch, read.empty());
    read.push_back(std::move(record->commit));
  }
  EXPECT_EQ(text_of(read), text_of(commits));
}

TEST(Record, ThreeSmallLeavesTakeLessThan250Octets) {
  std::size_t size = 0;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    NodeRecord parent = test::interior("./Vendor/Radio");
    parent.tstamp = 1700000000 + static_cast<std::int64_t>(n);
    const CommitRecord c = commit(
        1000 + n, {put(leaf("./Vendor/Radio/Leaf" + std::to_string(n), "12345678", parent.tstamp)), put(parent)});
    size += write_record(c, true).value_or(Octets(1000, ' ')).size();
  }
  EXPECT_LT(size, 250U);
}

TEST(Record, EveryTruncationIsIncompleteOrMalformed) {
  const Octets whole = write_record(sample_commits(1).front(), true).value_or("");
  ASSERT_GT(whole.size(), 100U);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto record = read_record(Bytes(whole).substr(0, size));
    ASSERT_FALSE(record) << size;
    EXPECT_EQ(record.error().code, Errc::incomplete) << size;
  }
}

TEST(Record, EveryFlippedBitIsFound) {
  const Octets whole = write_record(sample_commits(1).front(), true).value_or("");
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Octets damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ static_cast<char>(1U << (bit % 8)));
    EXPECT_FALSE(read_record(damaged)) << bit;
  }
}

// Bodies whose checksum is right and whose content is not.
TEST(Record, HostileBodiesAreMalformed) {
  const struct {
    const char* what;
    std::string hex;
  } cases[] = {
      {"empty body", ""},
      {"unknown flags", "01800000"},
      {"origin text past the end", "0102000a41"},
      {"more edits than octets", "010000ffffffff0f"},
      {"edit count and no edit", "01000001"},
      {"unknown edit", "01000001000000"},
      {"remove with flags of put", "0100000106000141"},
      {"shares more than there is", "01000001020541"},
      {"address ends in a slash",
       "0100000102000241"
       "2f"},
      {"address is a dot", "010000010200012e"},
      {"address needs no escape",
       "0100000102000325"
       "3431"},
      {"unknown format", "01000001010001417f00"},
      {"VerNo of 17 bits",
       "0100000101000141058080"
       "04"},
      {"data past the end",
       "01000001210001410300"
       "ff01"},
      {"octets left over",
       "0100000102000141"
       "00"},
      {"number of eleven octets", "ffffffffffffffffffff01"},
  };
  for (const auto& c : cases) {
    const Octets body = hex_decode(c.hex).value_or("");
    Octets record(1, static_cast<char>(body.size()));
    put_u32le(record, crc32c(body, crc32c(record)));
    record += body;
    const auto result = read_record(record);
    ASSERT_FALSE(result) << c.what;
    EXPECT_EQ(result.error().code, Errc::malformed) << c.what;
  }
}

// Addresses may unfold to far more than their record; not to more than the limit.
TEST(Record, UnfoldedAddressesAreLimited) {
  RecordWriter writer;
  writer.begin(1, 0, {}, true);
  NodeRecord node;
  node.uri = test::uri("./" + std::string(40000, 'a'));
  for (int i = 0; i < 2000; ++i) writer.put(node);
  Octets out = "before";
  const auto result = writer.finish(out);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::too_large);
  EXPECT_EQ(out, "before");
}

Octets journal_of(const std::vector<CommitRecord>& commits) {
  Octets file = write_file_header(FileKind::journal, 0);
  for (const CommitRecord& c : commits) file += write_record(c, true).value_or("");
  return file;
}

struct Scanned {
  JournalScan scan;
  std::uint64_t last = 0;
};
Scanned scan(Bytes file) {
  Scanned result;
  Result<JournalScan> scanned = scan_journal(file, [&result](CommitRecord&& c) -> Result<void> {
    result.last = c.sequence;
    return {};
  });
  if (scanned) result.scan = *scanned;
  EXPECT_TRUE(scanned);
  return result;
}

TEST(StoreFile, TornTailKeepsTheGoodPrefix) {
  const Octets whole = journal_of(sample_commits(4));
  const Octets three = journal_of(sample_commits(3));
  for (std::size_t size = three.size() + 1; size < whole.size(); ++size) {
    const Scanned result = scan(Bytes(whole).substr(0, size));
    EXPECT_EQ(result.scan.end, JournalScan::End::torn) << size;
    EXPECT_EQ(result.scan.good_size, three.size());
    EXPECT_EQ(result.last, 3U);
  }
  EXPECT_EQ(scan(three).scan.end, JournalScan::End::clean);
}

TEST(StoreFile, RoomBehindTheRecordsIsNoDamage) {
  const Octets room(4096, '\0');
  const Octets three = journal_of(sample_commits(3)), four = journal_of(sample_commits(4));
  const Scanned clean = scan(three + room);
  EXPECT_EQ(clean.scan.end, JournalScan::End::clean);
  EXPECT_EQ(clean.scan.good_size, three.size());
  EXPECT_EQ(clean.last, 3U);
  for (std::size_t size = three.size() + 1; size < four.size(); ++size) {
    const Scanned torn = scan(four.substr(0, size) + room);
    EXPECT_EQ(torn.scan.end, JournalScan::End::torn) << size;
    EXPECT_EQ(torn.scan.good_size, three.size());
  }
}

TEST(StoreFile, DamageBeforeALaterBatchIsReported) {
  const Octets whole = journal_of(sample_commits(4));
  const std::size_t from = journal_of(sample_commits(1)).size();
  const std::size_t to = journal_of(sample_commits(2)).size();
  for (std::size_t at = from; at < to; ++at) {
    Octets damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const Scanned result = scan(damaged);
    EXPECT_EQ(result.scan.end, JournalScan::End::damaged) << at;
    EXPECT_EQ(result.scan.good_size, from);
    EXPECT_EQ(result.last, 1U);
    EXPECT_NE(result.scan.problem, "");
  }
}

TEST(StoreFile, MissingRecordIsDamage) {
  Octets file = journal_of(sample_commits(2));
  file += write_record(sample_commits(4).back(), true).value_or("");
  const Scanned result = scan(file);
  EXPECT_EQ(result.scan.end, JournalScan::End::damaged);
  EXPECT_EQ(result.last, 2U);
}

TEST(StoreFile, ALaterVersionIsNotTouched) {
  Octets file = journal_of(sample_commits(2));
  file[6] = static_cast<char>(kJournalVersion + 1);
  const auto result = scan_journal(file, [](CommitRecord&&) -> Result<void> { return {}; });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::unsupported);
}

TEST(StoreFile, SnapshotIsWholeOrCorrupt) {
  CommitRecord state = commit(9, {put(test::interior("./A")), put(leaf("./A/B", "1"))});
  const Octets file = write_file_header(FileKind::snapshot, 4) + write_record(state, true).value_or("");
  const auto read = read_snapshot(file);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->generation, 4U);
  EXPECT_EQ(read->commit.sequence, 9U);
  for (std::size_t at = 0; at < file.size(); ++at) {
    const auto cut = read_snapshot(Bytes(file).substr(0, at));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, Errc::corrupt);
    Octets damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x80);
    EXPECT_FALSE(read_snapshot(damaged)) << at;
  }
  EXPECT_EQ(read->history, "");
}

}  // namespace
}  // namespace omadm
