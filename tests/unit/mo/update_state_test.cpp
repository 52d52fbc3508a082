// The tables of FUMO: states and result codes.
#include "mo/fumo/update_state.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "mo/fumo/update_result.h"

namespace omadm {
namespace {

using enum UpdateState;

constexpr UpdateState kAll[] = {
    idle,     download_failed,  downloading,         downloaded,        ready,
    updating, failed_with_data, failed_without_data, updated_with_data, updated_without_data};
constexpr UpdateEvent kEvents[] = {UpdateEvent::download_accepted, UpdateEvent::package_delivered,
                                   UpdateEvent::download_failed,   UpdateEvent::download_done,
                                   UpdateEvent::package_accepted,  UpdateEvent::package_replaced,
                                   UpdateEvent::update_begun,      UpdateEvent::update_failed,
                                   UpdateEvent::update_succeeded,  UpdateEvent::clean_up};

TEST(UpdateState, FUMO_010_ExactlyTheTransitionsOfTheFigure) {
  // [FUMO] figure of the state machine, and the product's additions: 40 → 20 for a package that is not accepted,
  // 70 → 60 and 90 → 60 while the package is still there.
  const std::set<std::pair<int, int>> allowed = {{10, 30}, {10, 50},  {30, 20}, {30, 40}, {40, 50},  {50, 10},
                                                 {50, 60}, {60, 70},  {60, 90}, {70, 80}, {90, 100}, {20, 10},
                                                 {80, 10}, {100, 10}, {40, 20}, {70, 60}, {90, 60}};
  std::set<std::pair<int, int>> found;
  for (const UpdateState from : kAll) {
    for (const UpdateEvent event : kEvents) {
      if (const auto to = next_state(from, event)) found.emplace(static_cast<int>(from), static_cast<int>(*to));
    }
  }
  EXPECT_EQ(found, allowed);
}

TEST(UpdateState, FUMO_012_SeventyNeverGoesStraightToTen) {
  EXPECT_EQ(next_state(failed_with_data, UpdateEvent::clean_up), failed_without_data);
  EXPECT_EQ(next_state(failed_without_data, UpdateEvent::clean_up), idle);
}

TEST(UpdateState, FUMO_013_WhichStatesAreEndStatesAndWhichAreBusy) {
  std::set<UpdateState> ends, busy, installable;
  for (const UpdateState state : kAll) {
    if (is_end_state(state)) ends.insert(state);
    if (is_busy(state)) busy.insert(state);
    if (has_package(state)) installable.insert(state);
  }
  EXPECT_EQ(ends, (std::set<UpdateState>{download_failed, failed_with_data, failed_without_data, updated_with_data,
                                         updated_without_data}));
  EXPECT_EQ(busy, (std::set<UpdateState>{downloading, downloaded, updating}));
  EXPECT_EQ(installable, (std::set<UpdateState>{ready, failed_with_data, updated_with_data}));
}

TEST(UpdateState, FUMO_010_TheLeafsDigitsAreTheStates) {
  for (const UpdateState state : kAll) EXPECT_EQ(update_state_from(std::to_string(static_cast<int>(state))), state);
  for (const char* text : {"", "0", "15", "110", "10 ", "x"}) EXPECT_FALSE(update_state_from(text)) << text;
}

TEST(UpdateResult, FUMO_034_FailuresOfADownloadHaveTheirCodes) {
  const std::tuple<Errc, int, int> rows[] = {{Errc::malformed, 0, 411},        {Errc::not_allowed, 0, 408},
                                             {Errc::unsupported, 200, 408},    {Errc::too_large, 200, 501},
                                             {Errc::storage_full, 200, 501},   {Errc::corrupt, 200, 402},
                                             {Errc::timed_out, 0, 407},        {Errc::transport, 0, 503},
                                             {Errc::transport, 200, 503},      {Errc::authentication, 401, 406},
                                             {Errc::authentication, 403, 406}, {Errc::authentication, 407, 406},
                                             {Errc::not_found, 404, 411},      {Errc::not_found, 410, 411},
                                             {Errc::failed, 408, 407},         {Errc::failed, 503, 412},
                                             {Errc::failed, 500, 500},         {Errc::failed, 502, 500},
                                             {Errc::failed, 400, 409},         {Errc::io, 200, 409},
                                             {Errc::cancelled, 0, 400}};
  for (const auto& [error, status, code] : rows) {
    EXPECT_EQ(static_cast<int>(result_of_download(error, status)), code) << to_string(error) << " " << status;
  }
}

TEST(UpdateResult, FUMO_034_ARedirectThatLeadsNowhereIsTheServersError) {
  EXPECT_EQ(result_of_download(Errc::transport, 302), UpdateResult::server_error);
  EXPECT_EQ(result_of_download(Errc::failed, 304), UpdateResult::server_error);
  EXPECT_EQ(result_of_download(Errc::not_allowed, 302), UpdateResult::not_implemented);  // to file:
  EXPECT_EQ(result_of_download(Errc::transport, 0), UpdateResult::network_failure);
}

TEST(UpdateResult, FUMO_034_OutcomesOfAnInstallationHaveTheirCodes) {
  EXPECT_EQ(static_cast<int>(result_of_installation(InstallOutcome::installed)), 200);
  EXPECT_EQ(static_cast<int>(result_of_installation(InstallOutcome::corrupted)), 402);
  EXPECT_EQ(static_cast<int>(result_of_installation(InstallOutcome::mismatch)), 403);
  EXPECT_EQ(static_cast<int>(result_of_installation(InstallOutcome::not_validated)), 404);
  EXPECT_EQ(static_cast<int>(result_of_installation(InstallOutcome::failed)), 410);
  EXPECT_EQ(static_cast<int>(result_of_installation(InstallOutcome::out_of_memory)), 502);
}

}  // namespace
}  // namespace omadm
