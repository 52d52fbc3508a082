// When an HTTP exchange is worth repeating, and after how long. PRO-435, PRO-438.
#pragma once

#include <chrono>
#include <optional>

#include "base/io/clock.h"
#include "base/ports/http_client.h"
#include "client/config.h"

namespace omadm {

// The wait before repeat number `repeat` (from 0): first, first*factor, … at most max; up to a fifth of it is taken off
// at random, so that clients that lost their server together do not come back together.
std::chrono::milliseconds back_off(const RetryConfig& retry, unsigned repeat);

// Retry-After of a 429 or 503: seconds or an HTTP date; nullopt: absent or unreadable. At most an hour.
std::optional<std::chrono::milliseconds> retry_after(const HttpResponse& response, std::int64_t now_utc);

bool worth_repeating(const HttpResponse& response);  // 429 and every 5xx but 501 and 505
bool worth_repeating(const Error& error);            // the network, not the request, is to blame

// A status that is not the wanted one as an error: authentication for 401 and 407, not_found for 404, else transport.
Error http_error(const HttpResponse& response);

}  // namespace omadm
