#include "transport/dns/srv_finder.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <cstring>
#include <optional>
#include <utility>

#include "base/crypto/digest.h"
#include "transport/dns/srv_records.h"
#include "transport/push/inet_address.h"

namespace omadm {
namespace {

constexpr int kPatience = 2;  // seconds for an answer
constexpr int kAttempts = 2;  // of each name server
constexpr std::size_t kAnswer = 65536;

// One state of the resolver, as libresolv keeps them.
class Resolver {
 public:
  Resolver() { usable_ = ::res_ninit(&state_) == 0; }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver() {
    if (usable_) ::res_nclose(&state_);
  }

  Result<std::vector<SrvRecord>> ask(const std::string& owner, const std::string& server) {
    if (!usable_) return Error{Errc::transport, "DNS: the resolver cannot be set up"};
    state_.retrans = kPatience;
    state_.retry = kAttempts;
    if (!server.empty()) {
      const InetAddress address = DM_TRY(InetAddress::parse(server));
      std::memcpy(&state_.nsaddr_list[0], &address.storage, sizeof state_.nsaddr_list[0]);
      state_.nscount = 1;
    }
    Octets answer(kAnswer, '\0');
    const int size = ::res_nquery(&state_, owner.c_str(), ns_c_in, ns_t_srv,
                                  reinterpret_cast<unsigned char*>(answer.data()), static_cast<int>(answer.size()));
    if (size < 0) {
      const int why = state_.res_h_errno;
      const bool none = why == HOST_NOT_FOUND || why == NO_DATA;
      return Error{none ? Errc::not_found : Errc::transport, "DNS: " + owner + ": " + ::hstrerror(why)};
    }
    return read_srv_records(Bytes(answer).substr(0, static_cast<std::size_t>(size)));
  }

 private:
  struct __res_state state_ = {};
  bool usable_ = false;
};

std::uint32_t draw(std::uint32_t most) { return most == 0 ? 0 : random_below(most + 1); }

class Search final : public ServiceSearch {
 public:
  Search(EventLoop& loop, const std::string& owner, const std::string& server, ServiceFinder::Done done)
      : done_(std::move(done)), worker_(loop) {
    worker_.run([this, owner, server] { found_.emplace(Resolver().ask(owner, server)); }, [this] { tell(); });
  }

 private:
  void tell() {
    const ServiceFinder::Done done = std::move(done_);  // may destroy this
    if (!*found_) return done(std::move(*found_).error());
    done(order_places(std::move(**found_), draw));
  }

  std::optional<Result<std::vector<SrvRecord>>> found_;
  ServiceFinder::Done done_;
  Worker worker_;  // last: it ends first
};

}  // namespace

Result<void> SrvFinder::check(const std::string& server) {
  if (server.empty()) return {};
  const InetAddress address = DM_TRY(InetAddress::parse(server));
  if (address.storage.ss_family != AF_INET) return Error{Errc::malformed, server + ": not an IPv4 address with port"};
  return {};
}

Result<std::unique_ptr<ServiceFinder>> SrvFinder::create(EventLoop& loop, const std::string& server) {
  DM_TRY(check(server));
  return std::unique_ptr<ServiceFinder>(new SrvFinder(loop, server));
}

std::unique_ptr<ServiceSearch> SrvFinder::find(const std::string& owner, Done done) {
  return std::make_unique<Search>(loop_, owner, server_, std::move(done));
}

}  // namespace omadm
