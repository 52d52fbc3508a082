#include "tools/common/exit_code.h"

namespace omadm {

ExitCode exit_code(Errc code) noexcept {
  switch (code) {
    case Errc::authentication:
      return kExitAuthentication;
    case Errc::transport:
    case Errc::timed_out:
      return kExitTransport;
    case Errc::not_found:
      return kExitNotFound;
    case Errc::permission_denied:
    case Errc::not_allowed:
      return kExitAccessDenied;
    case Errc::corrupt:
      return kExitStore;
    default:
      return kExitFailed;
  }
}

}  // namespace omadm
