// Files of a smart card, through its commands. ISO/IEC 7816-4, TS 102.221.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/ports/apdu_channel.h"
#include "base/result.h"
#include "bootstrap/smartcard/pkcs15.h"

namespace omadm {

// Works on a logical channel of its own where the card has one. not_found: no such file, or no card;
// permission_denied: it wants its PIN first; io; malformed: a response that is none; too_large.
class CardFiles {
 public:
  explicit CardFiles(ApduChannel& card) : card_(card) {}
  ~CardFiles();
  CardFiles(const CardFiles&) = delete;
  CardFiles& operator=(const CardFiles&) = delete;

  void open_channel();                              // stays on the basic one where there is no other
  Result<void> select_application(Bytes aid);       // by name
  Result<void> select(Bytes ids);                   // by path: from 3F00, else from the application
  Result<Octets> read(Bytes ids);                   // a transparent file
  Result<Octets> read(const CardPath& path);        // the part of it that the path names
  Result<Octets> read_record(std::uint8_t number);  // of the file selected; not_found: no such record

 private:
  Result<Octets> command(std::uint8_t instruction, std::uint8_t p1, std::uint8_t p2, Bytes data, int expected);
  Result<Octets> exchange(Octets apdu);
  Result<Octets> read_selected();

  ApduChannel& card_;
  std::uint8_t channel_ = 0;
  std::uint16_t status_ = 0;  // of the last command
  Octets application_;        // path of the application's directory, when it was not selected by name
  bool named_ = false;
};

}  // namespace omadm
