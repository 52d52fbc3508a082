// What went wrong, from libcurl's terms into ours.
#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace omadm {

struct TransferFacts {
  std::string host, port;  // of the hop that failed
  std::string curl_text;   // CURLOPT_ERRORBUFFER, may be empty
  int os_error = 0;        // errno, 0: none
  bool connected = false;  // TCP and TLS stood
  long connect_timeout_s = 0;
};

// timed_out, or transport with "what of whom: why".
Error explain(CURLcode code, const TransferFacts& facts);

}  // namespace omadm
