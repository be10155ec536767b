#include "api/rest/server/listener.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace tutti::rest {

namespace listener_detail {

struct endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;

  void port(uint16_t x) {
    if (address.ss_family == AF_INET6)
      reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(x);
    else
      reinterpret_cast<sockaddr_in&>(address).sin_port = htons(x);
  }
  uint16_t port() const {
    return ntohs(address.ss_family == AF_INET6
                     ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                     : reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
};

result<endpoint> resolve(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  int error = getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (error != 0 || !found)
    return failure{errc::invalid, "cannot listen on address '" + name
                                      + "': " + gai_strerror(error)};
  endpoint p;
  std::memcpy(&p.address, found->ai_addr, found->ai_addrlen);
  p.size = found->ai_addrlen;
  freeaddrinfo(found);
  return p;
}

// A bound socket, or -1 with errno.
int bound(const endpoint& p, bool shared) {
  int fd = socket(p.address.ss_family,
                  SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared)
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  // Accepted sockets inherit it: saves a call per connection.
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&p.address), p.size) == 0)
    return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

failure cannot(const std::string& address, uint16_t port) {
  return {errc::unavailable, "cannot listen on " + address + " port "
                                 + std::to_string(port) + ": "
                                 + std::strerror(errno)};
}

} // namespace listener_detail

result<listeners> open_listeners(const std::string& address, uint16_t port,
                                 unsigned count) {
  using namespace listener_detail;
  auto where = resolve(address);
  if (!where)
    return where.failure();
  where->port(port);
  listeners all;
  auto fail = [&]() -> failure {
    auto why = cannot(address, port);
    for (int fd : all.fds)
      close(fd);
    return why;
  };
  if (count > 1 && port != 0) {
    // Two nodes on one port would silently share clients. A bind without
    // SO_REUSEPORT fails if another process listens.
    int probe = bound(*where, false);
    if (probe < 0)
      return fail();
    int listening = listen(probe, 1);
    int error = errno;
    close(probe);
    errno = error;
    if (listening != 0)
      return fail();
  }
  for (unsigned i = 0; i < count; ++i) {
    int fd = bound(*where, count > 1);
    if (fd < 0)
      return fail();
    all.fds.push_back(fd);
    if (listen(fd, SOMAXCONN) != 0)
      return fail();
    endpoint actual;
    actual.size = sizeof actual.address;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&actual.address),
                    &actual.size)
        != 0)
      return fail();
    all.port = actual.port();
    where->port(all.port);
  }
  return all;
}

} // namespace tutti::rest
