// A smart card whose files are files: what `dm-client bootstrap smartcard DIR` reads. ISO/IEC 7816-4.
#pragma once

#include <memory>
#include <string>

#include "base/ports/apdu_channel.h"

namespace omadm {

// `directory` is the master file. A file or folder in it is named by its id in hexadecimal, in either case, with or
// without an extension: "2FE2", "7F50/5031.bin". The PKCS#15 application is the folder that EF(DIR), 2F00, names,
// else the one that holds 5031. Knows SELECT by name and by file id, READ BINARY, READ RECORD of EF(DIR), GET RESPONSE
// and MANAGE CHANNEL. not_found: no such directory.
Result<std::unique_ptr<ApduChannel>> open_virtual_card(const std::string& directory);

}  // namespace omadm
