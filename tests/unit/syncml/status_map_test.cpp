#include "syncml/session/status_map.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace omadm {
namespace {

// What a client may say. [SyncML RepPro] "Response Status Codes", as far as DM uses them.
const std::set<int> kClientCodes = {200, 202, 212, 213, 214, 215, 216, 304, 400, 401, 403, 404,
                                    405, 406, 407, 408, 411, 412, 413, 414, 415, 416, 417, 418,
                                    420, 424, 425, 500, 505, 506, 507, 510, 513, 516, 517};

TEST(StatusMap, PRO_370_OnlyCodesOfAClientAreKnown) {
  for (int code = 0; code < 1000; ++code) {
    if (meaning(code).empty()) continue;
    EXPECT_TRUE(kClientCodes.count(code)) << code;
    EXPECT_EQ(digits(static_cast<StatusCode>(code)), std::to_string(code));
  }
}

TEST(StatusMap, PRO_370_EveryErrorBecomesSuchACode) {
  for (int errc = 0; errc < 64; ++errc) {
    for (const AccessType command : {AccessType::add, AccessType::copy, AccessType::delete_, AccessType::exec,
                                     AccessType::get, AccessType::replace}) {
      const StatusCode status = status_of(Error{static_cast<Errc>(errc), ""}, command);
      EXPECT_TRUE(kClientCodes.count(static_cast<int>(status))) << errc;
      EXPECT_FALSE(is_success(status)) << errc;
      EXPECT_FALSE(meaning(static_cast<int>(status)).empty()) << errc;
    }
  }
}

// [SyncML RepPro] "Response Status Codes": what each refusal of the tree is answered; the device tells its own failures
// apart by command.
TEST(StatusMap, PRO_370_TND_117_EveryErrorHasItsCode) {
  const std::map<Errc, int> codes{
      {Errc::not_found, 404}, {Errc::already_exists, 418}, {Errc::not_allowed, 405},  {Errc::permission_denied, 425},
      {Errc::malformed, 400}, {Errc::incomplete, 412},     {Errc::uri_too_long, 414}, {Errc::bad_format, 415},
      {Errc::too_large, 413}, {Errc::storage_full, 420},   {Errc::unsupported, 406},  {Errc::unavailable, 403},
      {Errc::veto, 403},      {Errc::failed, 500},         {Errc::conflict, 500}};
  for (const auto& [errc, code] : codes) {
    for (const AccessType command : {AccessType::add, AccessType::copy, AccessType::exec, AccessType::replace}) {
      EXPECT_EQ(static_cast<int>(status_of(Error{errc, ""}, command)), code) << code;
    }
  }
  for (const Errc failure : {Errc::io, Errc::corrupt}) {
    EXPECT_EQ(status_of(Error{failure, ""}, AccessType::replace), StatusCode::command_failed);
    EXPECT_EQ(status_of(Error{failure, ""}, AccessType::copy), StatusCode::data_store_failure);
    EXPECT_EQ(status_of(Error{failure, ""}, AccessType::exec), StatusCode::data_store_failure);
  }
}

}  // namespace
}  // namespace omadm
