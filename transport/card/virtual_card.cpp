#include "transport/card/virtual_card.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/io/file_system.h"
#include "base/text.h"

namespace omadm {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPkcs15{"\xA0\x00\x00\x00\x63\x50\x4B\x43\x53\x2D\x31\x35", 12};
constexpr std::string_view kMasterFile{"\x3F\x00", 2};
constexpr std::size_t kLargestFile = 1U << 16U;
constexpr std::uint16_t kDone = 0x9000, kNoFile = 0x6A82, kNoRecord = 0x6A83, kWrongLength = 0x6700,
                        kWrongParameters = 0x6A86, kBeyond = 0x6B00, kNotAFile = 0x6986, kUnknown = 0x6D00;

unsigned octet(Bytes octets, std::size_t at) { return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0; }

// Where one logical channel is.
struct Position {
  fs::path directory;
  std::optional<fs::path> file;
};

class VirtualCard final : public ApduChannel {
 public:
  explicit VirtualCard(fs::path root) : root_(std::move(root)), positions_(4, Position{root_, std::nullopt}) {}

  Result<Octets> transmit(Bytes command) override {
    std::error_code error;
    if (!fs::is_directory(root_, error)) return Error{Errc::not_found, root_.string() + ": the card is gone"};
    if (command.size() < 4) return answer({}, kWrongLength);
    Position& at = positions_[octet(command, 0) & 3U];
    const unsigned p1 = octet(command, 2);
    const unsigned p2 = octet(command, 3);
    switch (octet(command, 1)) {
      case 0x70:
        return manage(p1);
      case 0xA4:
        return answer({}, select(at, p1, command.substr(std::min<std::size_t>(5, command.size()), octet(command, 4))));
      case 0xB0:
        return read_binary(at, p1 << 8U | p2, octet(command, 4));
      case 0xB2:
        return read_record(at, p1);
      case 0xC0:
        return answer(std::exchange(waiting_, {}), kDone);
      default:
        return answer({}, kUnknown);
    }
  }

 private:
  static Octets answer(Octets data, std::uint16_t status) {
    data.push_back(static_cast<char>(status >> 8U));
    data.push_back(static_cast<char>(status & 0xFFU));
    return data;
  }

  Octets manage(unsigned p1) {
    if (p1 != 0) return answer({}, kDone);
    positions_[1] = {root_, std::nullopt};
    return answer("\x01", kDone);
  }

  // The entry of `directory` whose name is that id.
  static std::optional<fs::path> entry(const fs::path& directory, Bytes id) {
    std::error_code error;
    for (const fs::directory_entry& candidate : fs::directory_iterator(directory, error)) {
      if (equals_ignoring_case(candidate.path().stem().string(), hex_encode(id))) return candidate.path();
    }
    return std::nullopt;
  }

  std::uint16_t select(Position& at, unsigned p1, Bytes what) {
    if (p1 == 0x04) return select_application(at, what);
    if (p1 != 0x00 || what.size() != 2) return kWrongParameters;
    if (what == kMasterFile) {
      at = {root_, std::nullopt};
      return kDone;
    }
    const std::optional<fs::path> found = entry(at.directory, what);
    if (!found) return kNoFile;
    std::error_code error;
    fs::is_directory(*found, error) ? at = Position{*found, std::nullopt} : at = Position{at.directory, *found};
    return kDone;
  }

  std::uint16_t select_application(Position& at, Bytes aid) {
    if (aid != kPkcs15) return kNoFile;
    if (entry(root_, "\x2F" + std::string(1, '\0'))) return kNoFile;  // the way of 2G: EF(DIR) tells the path
    if (entry(root_, "\x50\x31")) {
      at = {root_, std::nullopt};
      return kDone;
    }
    std::error_code error;
    for (const fs::directory_entry& folder : fs::directory_iterator(root_, error)) {
      if (!folder.is_directory(error) || !entry(folder.path(), "\x50\x31")) continue;
      at = {folder.path(), std::nullopt};
      return kDone;
    }
    return kNoFile;
  }

  Result<Octets> content(const Position& at) const {
    if (!at.file) return Error{Errc::not_found, "no file is selected"};
    return PosixFileSystem().read(at.file->string(), kLargestFile);
  }

  Octets read_binary(const Position& at, unsigned offset, unsigned expected) {
    const Result<Octets> file = content(at);
    if (!file) return answer({}, kNotAFile);
    if (offset > 0 && offset >= file->size()) return answer({}, kBeyond);
    const std::size_t wanted = expected == 0 ? 256 : expected;
    Octets part = file->substr(offset, wanted);
    if (part.size() == wanted || part.size() > 255) return answer(std::move(part), kDone);
    if (part.empty()) return answer({}, kDone);
    return answer({}, static_cast<std::uint16_t>(0x6C00U | part.size()));  // as cards say how much there is
  }

  // EF(DIR) holds one application template after the other; each is a record.
  Octets read_record(const Position& at, unsigned number) {
    const Result<Octets> file = content(at);
    if (!file) return answer({}, kNotAFile);
    std::size_t begin = 0;
    for (unsigned record = 1;; ++record) {
      if (octet(*file, begin) != 0x61) return answer({}, kNoRecord);
      const std::size_t length = 2 + octet(*file, begin + 1);
      if (record < number) {
        begin += length;
        continue;
      }
      waiting_ = file->substr(begin, length);
      return answer({}, static_cast<std::uint16_t>(0x6100U | (waiting_.size() & 0xFFU)));
    }
  }

  fs::path root_;
  std::vector<Position> positions_;
  Octets waiting_;  // for GET RESPONSE
};

}  // namespace

Result<std::unique_ptr<ApduChannel>> open_virtual_card(const std::string& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) return Error{Errc::not_found, directory + " is no directory"};
  return std::unique_ptr<ApduChannel>(std::make_unique<VirtualCard>(directory));
}

}  // namespace omadm
