#include "mo/fumo/update_result.h"

namespace omadm {

bool is_success(UpdateResult result) noexcept { return result == UpdateResult::successful; }

UpdateResult result_of_download(Errc error, int http_status) noexcept {
  switch (error) {
    case Errc::malformed:
      return UpdateResult::bad_url;
    case Errc::bad_format:  // a descriptor
    case Errc::veto:
      return UpdateResult::not_acceptable;
    case Errc::not_allowed:  // the scheme
    case Errc::unsupported:
      return UpdateResult::not_implemented;
    case Errc::too_large:
    case Errc::storage_full:
      return UpdateResult::download_out_of_memory;
    case Errc::corrupt:
      return UpdateResult::corrupted;
    case Errc::timed_out:
      return UpdateResult::download_timed_out;
    case Errc::transport:
      if (http_status / 100 == 3) return UpdateResult::server_error;  // a redirect that leads nowhere
      return UpdateResult::network_failure;
    case Errc::cancelled:
      return UpdateResult::device_aborted;
    default:
      break;
  }
  switch (http_status) {
    case 401:
    case 403:
    case 407:
      return UpdateResult::download_authentication;
    case 404:
    case 410:
      return UpdateResult::bad_url;
    case 408:
      return UpdateResult::download_timed_out;
    case 503:
      return UpdateResult::server_unavailable;
    default:
      return http_status >= 500 || http_status / 100 == 3 ? UpdateResult::server_error : UpdateResult::undefined;
  }
}

UpdateResult result_of_check(Errc error) noexcept {
  switch (error) {
    case Errc::corrupt:
      return UpdateResult::corrupted;
    case Errc::authentication:
      return UpdateResult::not_validated;
    case Errc::veto:
      return UpdateResult::mismatch;
    case Errc::storage_full:
      return UpdateResult::update_out_of_memory;
    default:
      return UpdateResult::undefined;
  }
}

UpdateResult result_of_installation(InstallOutcome outcome) noexcept {
  switch (outcome) {
    case InstallOutcome::installed:
      return UpdateResult::successful;
    case InstallOutcome::corrupted:
      return UpdateResult::corrupted;
    case InstallOutcome::mismatch:
      return UpdateResult::mismatch;
    case InstallOutcome::not_validated:
      return UpdateResult::not_validated;
    case InstallOutcome::out_of_memory:
      return UpdateResult::update_out_of_memory;
    case InstallOutcome::failed:
      break;
  }
  return UpdateResult::update_failed;
}

}  // namespace omadm
