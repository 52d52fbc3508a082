#include "transport/http/curl_error.h"

#include <system_error>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

std::string begin_in_lower_case(std::string text) {
  // "Connection refused" becomes the end of a sentence; "SSL: …" stays.
  if (text.size() > 1 && text[1] >= 'a' && text[1] <= 'z') text.replace(0, 1, to_lower(text.substr(0, 1)));
  return text;
}

std::string reason(CURLcode code, const TransferFacts& facts) {
  return begin_in_lower_case(facts.curl_text.empty() ? curl_easy_strerror(code) : facts.curl_text);
}

std::string why_no_connection(CURLcode code, const TransferFacts& facts) {
  if (facts.os_error == 0) return reason(code, facts);
  return begin_in_lower_case(std::generic_category().message(facts.os_error));
}

}  // namespace

Error explain(CURLcode code, const TransferFacts& facts) {
  const std::string peer = facts.host + " port " + facts.port;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Errc::transport, "look up " + facts.host + ": the name cannot be resolved"};
    case CURLE_COULDNT_CONNECT:
      return {Errc::transport, "connect to " + peer + ": " + why_no_connection(code, facts)};
    case CURLE_OPERATION_TIMEDOUT:
      if (facts.connected) return {Errc::timed_out, "answer of " + peer + ": none in time"};
      return {Errc::timed_out,
              "connect to " + peer + ": no answer in " + std::to_string(facts.connect_timeout_s) + " s"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return {Errc::transport, "TLS with " + peer + ": certificate refused: " + reason(code, facts)};
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_SHUTDOWN_FAILED:
      return {Errc::transport, "TLS with " + peer + ": " + reason(code, facts)};
    case CURLE_GOT_NOTHING:
      return {Errc::transport, "answer of " + peer + ": the connection was closed without one"};
    case CURLE_PARTIAL_FILE:
      return {Errc::transport, "answer of " + peer + ": cut off before its end"};
    case CURLE_SEND_ERROR:
      return {Errc::transport, "request to " + peer + ": " + reason(code, facts)};
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {Errc::transport, "answer of " + peer + ": not HTTP/1"};
    default:
      return {Errc::transport, "answer of " + peer + ": " + reason(code, facts)};
  }
}

}  // namespace omadm
