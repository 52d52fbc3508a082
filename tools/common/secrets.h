// What tells a secret by its name (UI-006).
#pragma once

#include <string>
#include <string_view>

namespace omadm {

// Whether the node of that address, or of that name, holds a secret of an account; "?prop=…" behind it does not count.
bool is_secret_leaf(std::string_view uri) noexcept;
// Whether a document names such a node somewhere.
bool names_secret(std::string_view text) noexcept;
// The value of an HTTP header with as many asterisks instead of credentials, cookies and codes of authentication.
std::string masked_header(std::string_view name, std::string_view value);

}  // namespace omadm
