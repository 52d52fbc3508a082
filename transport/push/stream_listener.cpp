#include "transport/push/stream_listener.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace omadm {
namespace {

constexpr std::size_t kReadSize = 4096;
constexpr int kConnectionsATurn = 8;  // so that a flood does not starve the rest of the loop

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Result<std::unique_ptr<StreamListener>> StreamListener::listen(EventLoop& loop, const InetAddress& address,
                                                               StreamLimits limits, StreamService service) {
  const int socket = DM_TRY(bound_socket(address, SOCK_STREAM));
  std::unique_ptr<StreamListener> listener(new StreamListener(loop, socket, limits, std::move(service)));
  listener->watch_ = loop.watch(socket, kReadable, [raw = listener.get()](unsigned) { raw->accept_all(); });
  return listener;
}

StreamListener::StreamListener(EventLoop& loop, int socket, StreamLimits limits, StreamService service)
    : loop_(loop), socket_(socket), limits_(limits), service_(std::make_shared<StreamService>(std::move(service))) {}

StreamListener::~StreamListener() {
  watch_.reset();
  while (!connections_.empty()) close(connections_.begin()->first);
  ::close(socket_);
}

void StreamListener::accept_all() {
  for (int i = 0; i < kConnectionsATurn; ++i) {
    InetAddress peer;
    peer.size = sizeof peer.storage;
    const int socket = ::accept4(socket_, peer.generic(), &peer.size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) return;
    if (connections_.size() >= limits_.connections) {
      ::close(socket);
      continue;
    }
    Connection& connection = connections_[socket];
    connection.peer = peer;
    watch(socket, connection);
  }
}

void StreamListener::watch(int socket, Connection& connection) {
  const unsigned events = connection.to_send.empty() ? kReadable : kWritable;
  connection.watch.reset();  // a descriptor is watched once
  connection.watch = loop_.watch(socket, events, [this, socket](unsigned ready) { this->ready(socket, ready); });
  connection.timer = loop_.after(limits_.silence, [this, socket] { close(socket); });
}

void StreamListener::ready(int socket, unsigned events) {
  Connection& connection = connections_.at(socket);
  if ((events & kWritable) != 0) return send(socket);
  char buffer[kReadSize];
  const ssize_t size = ::recv(socket, buffer, sizeof buffer, 0);
  if (size < 0 && would_block()) return;
  if (size <= 0) return close(socket);
  connection.received.append(buffer, static_cast<std::size_t>(size));
  if (!serve(connection)) return;
  send(socket);
}

bool StreamListener::serve(Connection& connection) {
  while (!connection.closing && !connection.received.empty()) {
    StreamTurn turn;
    {
      const std::shared_ptr<StreamService> service = service_;
      turn = (*service)(connection.received, connection.peer);
      if (service.use_count() == 1) return false;
    }
    connection.to_send += turn.reply;
    connection.closing = turn.close;
    if (turn.consumed == 0) break;
    connection.received.erase(0, turn.consumed);
  }
  if (connection.received.size() >= limits_.octets) connection.closing = true;
  return true;
}

// Sends what there is; closes, or goes on reading, when all of it went.
void StreamListener::send(int socket) {
  Connection& connection = connections_.at(socket);
  while (!connection.to_send.empty()) {
    const ssize_t size = ::send(socket, connection.to_send.data(), connection.to_send.size(), MSG_NOSIGNAL);
    if (size < 0 && would_block()) break;
    if (size < 0) return close(socket);
    connection.to_send.erase(0, static_cast<std::size_t>(size));
  }
  if (connection.to_send.empty() && connection.closing) return close(socket);
  watch(socket, connection);
}

void StreamListener::close(int socket) {
  connections_.erase(socket);
  ::close(socket);
}

}  // namespace omadm
