// Numeric addresses of sockets, and sockets bound to them.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace omadm {

// An IPv4 or IPv6 address with a port.
struct InetAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  // "127.0.0.1:2948", "[::1]:2948". malformed: anything else, host names too.
  static Result<InetAddress> parse(std::string_view text);
  static InetAddress of_socket(int socket);  // what it is bound to, with the port really taken

  // As the C interface wants it; lives as long as this.
  sockaddr* generic() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* generic() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
  std::string host() const;  // numeric, IPv6 without brackets
  std::uint16_t port() const;
  void set_port(std::uint16_t port);
  std::string text() const;  // as parse() reads it
  bool is_loopback() const;
};

// A closed-on-exec socket that never blocks, bound to `address`; SOCK_STREAM ones listen. unavailable: the port is
// taken or the address is not ours; permission_denied; io.
Result<int> bound_socket(const InetAddress& address, int type);

// "10.1.2.3", "10.0.0.0/8", "2001:db8::/32": who may send.
class AddressRange {
 public:
  static Result<AddressRange> parse(std::string_view text);  // malformed
  bool contains(const InetAddress& address) const;

 private:
  std::string octets_;  // 4 or 16, network order
  unsigned bits_ = 0;   // of the prefix
};

}  // namespace omadm
