// Result<T>: a value or an Error. The only way anything in libomadm reports failure.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace omadm {

// What a caller can do about a failure. `syncml/session/status_map.cpp` alone turns these into
// SyncML statuses; tools turn them into exit codes.
enum class Errc : std::uint8_t {
  not_found,          // the node, file, account or record is not there
  already_exists,     // a node or file of that name is there
  permission_denied,  // the ACL does not grant the command
  not_allowed,        // AccessType, permanence or the kind of node forbids the command for everybody
  malformed,          // the octets break their grammar
  incomplete,         // a part that is needed is missing
  uri_too_long,       // over MaxTotLen, MaxSegLen or MaxDepth
  bad_format,         // Format or Type not accepted here
  too_large,          // over a limit in octets, depth or count
  storage_full,       // no room left on the medium
  unsupported,        // an optional feature that is not there
  unavailable,        // in use or not ready at this moment; may work later
  conflict,           // the tree moved since the transaction began; begin again
  timed_out,          // no answer in time
  cancelled,          // somebody asked to stop
  veto,               // the management object refuses the value
  authentication,     // credentials, MAC, digest or PIN are wrong or missing
  transport,          // DNS, TCP, TLS or HTTP failed
  corrupt,            // stored data is damaged
  io,                 // the operating system refused
  failed,             // anything else
};

// The name of `code` as spelled above, for logs and JSON. Static storage.
std::string_view to_string(Errc code) noexcept;

struct Error {
  Errc code = Errc::failed;
  std::string detail;  // for people only: what failed and why, without secrets
};

// Holds a T or an Error; member names follow std::expected.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return assert(has_value()), *std::get_if<0>(&state_); }
  const T& value() const& { return assert(has_value()), *std::get_if<0>(&state_); }
  T&& value() && { return assert(has_value()), std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  template <typename U>
  T value_or(U&& fallback) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
  }

  Error& error() & { return assert(!has_value()), *std::get_if<1>(&state_); }
  const Error& error() const& { return assert(!has_value()), *std::get_if<1>(&state_); }
  Error&& error() && { return assert(!has_value()), std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() noexcept = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  void value() const noexcept { assert(has_value()); }

  Error& error() & { return assert(error_), *error_; }
  const Error& error() const& { return assert(error_), *error_; }
  Error&& error() && { return assert(error_), std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace omadm

// Evaluates `expression`, a Result: its value, or returns its error from the enclosing function.
#define DM_TRY(...)                                              \
  __extension__({                                                \
    auto dm_try_result = (__VA_ARGS__);                          \
    if (!dm_try_result) return std::move(dm_try_result).error(); \
    std::move(dm_try_result).value();                            \
  })
