// SIP requests as far as a receiver of pushes needs them. [RFC 3261] 7, 8.2, 18.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/text_head.h"
#include "transport/push/inet_address.h"

namespace omadm {

inline constexpr TextHeadLimits kSipHeadLimits{8192, 100};

// Octets of the message that begins `stream`, blank lines before it included; nothing: more must come. malformed: no
// Content-Length, which a stream cannot do without ([RFC 3261] 18.3); too_large.
Result<std::optional<std::size_t>> sip_message_size(Bytes stream);

// Views live as long as the octets given to parse().
class SipRequest {
 public:
  // malformed: not a request, or a field without which it cannot be answered is missing (Via, From, To, Call-ID, CSeq).
  static Result<SipRequest> parse(Bytes octets);

  const std::string& method() const noexcept { return method_; }
  const std::string& version() const noexcept { return version_; }
  // False: Content-Length claims more than there is, or CSeq names another method.
  bool is_sound() const noexcept { return sound_; }
  Bytes body() const noexcept { return body_; }
  // The value of a field, by its long name; nullptr when there is none.
  const std::string* field(std::string_view name) const noexcept;

  // Equal for a request and its retransmissions, and for nothing else ([RFC 3261] 17.2.3).
  std::string transaction() const;
  // Where a datagram's answer goes: the port the sender sent from if it asked for that, else that of its Via
  // ([RFC 3581] 4, [RFC 3261] 18.2.2).
  InetAddress answer_address(const InetAddress& source) const;
  // The head of an answer without body; `to_tag` where the request has none. `further`: whole lines.
  std::string answer(std::string_view status, const InetAddress& source, std::string_view to_tag,
                     std::string_view further = {}) const;

 private:
  std::string top_via() const;
  static std::string answered_via(const std::string& via, const InetAddress& source);

  TextHead head_;
  std::string method_, version_;
  Bytes body_;
  bool sound_ = true;
};

}  // namespace omadm
