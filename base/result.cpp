#include "base/result.h"

namespace omadm {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::not_found:
      return "not_found";
    case Errc::already_exists:
      return "already_exists";
    case Errc::permission_denied:
      return "permission_denied";
    case Errc::not_allowed:
      return "not_allowed";
    case Errc::malformed:
      return "malformed";
    case Errc::incomplete:
      return "incomplete";
    case Errc::uri_too_long:
      return "uri_too_long";
    case Errc::bad_format:
      return "bad_format";
    case Errc::too_large:
      return "too_large";
    case Errc::storage_full:
      return "storage_full";
    case Errc::unsupported:
      return "unsupported";
    case Errc::unavailable:
      return "unavailable";
    case Errc::conflict:
      return "conflict";
    case Errc::timed_out:
      return "timed_out";
    case Errc::cancelled:
      return "cancelled";
    case Errc::veto:
      return "veto";
    case Errc::authentication:
      return "authentication";
    case Errc::transport:
      return "transport";
    case Errc::corrupt:
      return "corrupt";
    case Errc::io:
      return "io";
    case Errc::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace omadm
