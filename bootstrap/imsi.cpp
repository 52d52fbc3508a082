#include "bootstrap/imsi.h"

#include <vector>

namespace omadm {

Octets imsi_semi_octets(std::string_view digits) {
  std::vector<unsigned> nibbles{digits.size() % 2 == 1 ? 0x9U : 0x1U};
  for (const char digit : digits) nibbles.push_back(static_cast<unsigned>(digit - '0') & 0x0FU);
  if (nibbles.size() % 2 == 1) nibbles.push_back(0xFU);
  Octets octets;
  for (std::size_t i = 0; i < nibbles.size(); i += 2) {
    octets.push_back(static_cast<char>(nibbles[i + 1] << 4U | nibbles[i]));
  }
  return octets;
}

}  // namespace omadm
