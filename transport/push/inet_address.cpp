#include "transport/push/inet_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/text.h"

namespace omadm {
namespace {

constexpr int kBacklog = 16;  // connections that wait to be accepted

Error malformed(std::string_view address) {
  return {Errc::malformed,
          "\"" + std::string(address) + "\": write a numeric address and a port, 127.0.0.1:2948 or [::1]:2948"};
}

Errc errc_of(int error) noexcept {
  if (error == EADDRINUSE || error == EADDRNOTAVAIL) return Errc::unavailable;
  return error == EACCES ? Errc::permission_denied : Errc::io;
}

// The octets of a numeric address, 4 or 16; empty when it is none.
std::string address_octets(const std::string& host) {
  char octets[sizeof(in6_addr)] = {};
  if (::inet_pton(AF_INET, host.c_str(), octets) == 1) return {octets, sizeof(in_addr)};
  if (::inet_pton(AF_INET6, host.c_str(), octets) == 1) return {octets, sizeof(in6_addr)};
  return {};
}

// The same of a socket's address; an IPv4 address that came through an IPv6 socket is an IPv4 address.
std::string address_octets(const InetAddress& address) {
  if (address.storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    return {reinterpret_cast<const char*>(&v4.sin_addr), sizeof v4.sin_addr};
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address.storage, sizeof v6);
  const std::string octets(reinterpret_cast<const char*>(&v6.sin6_addr), sizeof v6.sin6_addr);
  return IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? octets.substr(12) : octets;
}

}  // namespace

Result<InetAddress> InetAddress::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed(text);
  const auto port = parse_unsigned(text.substr(colon + 1));
  std::string host(text.substr(0, colon));
  if (!port || *port > 65535) return malformed(text);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const std::string octets = address_octets(host);
  if (octets.size() != (bracketed ? sizeof(in6_addr) : sizeof(in_addr))) return malformed(text);
  InetAddress address;
  if (bracketed) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    std::memcpy(&v6.sin6_addr, octets.data(), octets.size());
    std::memcpy(&address.storage, &v6, address.size = sizeof v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    std::memcpy(&v4.sin_addr, octets.data(), octets.size());
    std::memcpy(&address.storage, &v4, address.size = sizeof v4);
  }
  address.set_port(static_cast<std::uint16_t>(*port));
  return address;
}

InetAddress InetAddress::of_socket(int socket) {
  InetAddress address;
  address.size = sizeof address.storage;
  if (::getsockname(socket, address.generic(), &address.size) != 0) address.size = 0;
  return address;
}

std::string InetAddress::host() const {
  const std::string octets = address_octets(*this);
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(octets.size() == sizeof(in_addr) ? AF_INET : AF_INET6, octets.data(), text, sizeof text);
  return text;
}

// sin_port and sin6_port stand at the same place behind the family.
std::uint16_t InetAddress::port() const {
  sockaddr_in v4{};
  std::memcpy(&v4, &storage, sizeof v4);
  return ntohs(v4.sin_port);
}

void InetAddress::set_port(std::uint16_t port) {
  const std::uint16_t network = htons(port);
  std::memcpy(reinterpret_cast<char*>(&storage) + offsetof(sockaddr_in, sin_port), &network, sizeof network);
}

std::string InetAddress::text() const {
  const bool v4 = storage.ss_family == AF_INET;
  return (v4 ? host() : "[" + host() + "]") + ":" + std::to_string(port());
}

bool InetAddress::is_loopback() const {
  const std::string octets = address_octets(*this);
  if (octets.size() == sizeof(in_addr)) return octets[0] == 127;
  return octets == std::string(15, '\0') + '\x01';
}

Result<int> bound_socket(const InetAddress& address, int type) {
  const int socket = ::socket(address.storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  // A restart must not wait for the connections of the run before it.
  if (socket >= 0 && type == SOCK_STREAM) ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool bound = socket >= 0 && ::bind(socket, address.generic(), address.size) == 0;
  if (bound && (type != SOCK_STREAM || ::listen(socket, kBacklog) == 0)) return socket;
  const int error = errno;
  if (socket >= 0) ::close(socket);
  return Error{errc_of(error), address.text() + ": " + std::strerror(error)};
}

Result<AddressRange> AddressRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  AddressRange range;
  range.octets_ = address_octets(std::string(text.substr(0, slash)));
  const std::size_t all = range.octets_.size() * 8;
  const auto bits =
      slash == std::string_view::npos ? std::optional<std::uint64_t>(all) : parse_unsigned(text.substr(slash + 1));
  if (range.octets_.empty() || !bits || *bits > all) {
    return Error{Errc::malformed,
                 "\"" + std::string(text) + "\": write an address or a range, 192.0.2.7 or 192.0.2.0/24"};
  }
  range.bits_ = static_cast<unsigned>(*bits);
  return range;
}

bool AddressRange::contains(const InetAddress& address) const {
  const std::string octets = address_octets(address);
  if (octets.size() != octets_.size()) return false;
  for (unsigned bit = 0; bit < bits_; ++bit) {
    const unsigned difference =
        static_cast<unsigned char>(octets[bit / 8]) ^ static_cast<unsigned char>(octets_[bit / 8]);
    if ((difference >> (7U - bit % 8)) & 1U) return false;
  }
  return true;
}

}  // namespace omadm
