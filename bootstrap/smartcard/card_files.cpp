#include "bootstrap/smartcard/card_files.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::uint8_t kSelect = 0xA4, kReadBinary = 0xB0, kReadRecord = 0xB2, kGetResponse = 0xC0;
constexpr std::uint8_t kManageChannel = 0x70;
constexpr std::string_view kMasterFile{"\x3F\x00", 2};
constexpr int kChunk = 0xF0;                  // octets a command asks for
constexpr std::size_t kLargestFile = 0x8000;  // what READ BINARY can address
constexpr int kMostResponses = 256;           // GET RESPONSE in a row

Error failure(std::uint16_t status, std::string_view what) {
  const char octets[] = {static_cast<char>(status >> 8U), static_cast<char>(status & 0xFFU)};
  const std::string detail = "the card: " + std::string(what) + ", status " + hex_encode(Bytes(octets, 2));
  switch (status) {
    case 0x6A82:
    case 0x6A83:
    case 0x6A88:
    case 0x9404:  // 2G: no such file
      return {Errc::not_found, detail};
    case 0x6982:
    case 0x6983:
    case 0x9804:  // 2G: access condition
    case 0x9840:
      return {Errc::permission_denied, detail};
    default:
      return {Errc::io, detail};
  }
}

}  // namespace

CardFiles::~CardFiles() {
  if (channel_ == 0) return;
  const std::uint8_t mine = std::exchange(channel_, std::uint8_t{0});
  static_cast<void>(command(kManageChannel, 0x80, mine, {}, -1));  // nothing to be done if it does not close
}

Result<Octets> CardFiles::exchange(Octets apdu) {
  Octets data;
  for (int round = 0; round < kMostResponses; ++round) {
    Octets response = DM_TRY(card_.transmit(apdu));
    if (response.size() < 2) return Error{Errc::malformed, "the card: a response without status"};
    const auto high = static_cast<unsigned char>(response[response.size() - 2]);
    const auto low = static_cast<unsigned char>(response[response.size() - 1]);
    status_ = static_cast<std::uint16_t>(high << 8U | low);
    response.resize(response.size() - 2);
    if (high == 0x6C) {  // that many octets are there, so ask for them
      apdu.back() = static_cast<char>(low);
      continue;
    }
    data += response;
    const bool more = high == 0x61 || high == 0x9F;  // 9F: 2G
    if (!more) return data;
    apdu = {static_cast<char>(channel_), static_cast<char>(kGetResponse), 0, 0, static_cast<char>(low)};
  }
  return Error{Errc::too_large, "the card: a response without end"};
}

// `expected` octets of response; -1: none are asked for.
Result<Octets> CardFiles::command(std::uint8_t instruction, std::uint8_t p1, std::uint8_t p2, Bytes data,
                                  int expected) {
  Octets apdu{static_cast<char>(channel_), static_cast<char>(instruction), static_cast<char>(p1),
              static_cast<char>(p2)};
  if (!data.empty()) {
    apdu.push_back(static_cast<char>(data.size()));
    apdu += data;
  }
  if (expected >= 0) apdu.push_back(static_cast<char>(expected));
  return exchange(std::move(apdu));
}

void CardFiles::open_channel() {
  const Result<Octets> opened = command(kManageChannel, 0, 0, {}, 1);
  if (opened && status_ == 0x9000 && opened->size() == 1) {
    const auto number = static_cast<std::uint8_t>(opened->front());
    if (number >= 1 && number <= 3) channel_ = number;
  }
}

Result<void> CardFiles::select_application(Bytes aid) {
  DM_TRY(command(kSelect, 0x04, 0x0C, aid, -1));
  if (status_ != 0x9000) return failure(status_, "no such application");
  application_ = aid;
  named_ = true;
  return {};
}

Result<void> CardFiles::select(Bytes ids) {
  if (ids.size() < 2 || ids.size() % 2 != 0) return Error{Errc::malformed, "the card: a path that names no file"};
  if (!ids.starts_with(kMasterFile)) {
    if (named_) DM_TRY(select_application(Octets(application_)));
    if (!named_) DM_TRY(command(kSelect, 0, 0x0C, kMasterFile, -1));
  }
  for (std::size_t i = 0; i < ids.size(); i += 2) {
    DM_TRY(command(kSelect, 0, 0x0C, ids.substr(i, 2), -1));
    if (status_ != 0x9000) return failure(status_, "no file " + hex_encode(ids.substr(0, i + 2)));
  }
  return {};
}

Result<Octets> CardFiles::read_selected() {
  Octets file;
  while (file.size() < kLargestFile) {
    const std::size_t at = file.size();
    const Octets part = DM_TRY(
        command(kReadBinary, static_cast<std::uint8_t>(at >> 8U), static_cast<std::uint8_t>(at & 0xFFU), {}, kChunk));
    const bool beyond = status_ == 0x6B00 || status_ == 0x9402;
    if (beyond && at > 0) return file;
    if (status_ != 0x9000 && status_ != 0x6282) return failure(status_, "the file cannot be read");
    file += part;
    if (part.size() < static_cast<std::size_t>(kChunk)) return file;
  }
  return Error{Errc::too_large, "the card: a file over 32 KiB"};
}

Result<Octets> CardFiles::read(Bytes ids) {
  DM_TRY(select(ids));
  return read_selected();
}

Result<Octets> CardFiles::read(const CardPath& path) {
  const Octets file = DM_TRY(read(path.ids));
  if (path.index > file.size()) return Error{Errc::malformed, "the card: a path beyond its file"};
  return file.substr(path.index, path.length.value_or(file.size()));
}

Result<Octets> CardFiles::read_record(std::uint8_t number) {
  Octets record = DM_TRY(command(kReadRecord, number, 0x04, {}, 0));
  if (status_ != 0x9000) return failure(status_, "no such record");
  return record;
}

}  // namespace omadm
