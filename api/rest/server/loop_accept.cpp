#include "api/rest/server/loop.hpp"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tutti::rest {

namespace accept_detail {

constexpr uint64_t listener_id = 1;
constexpr std::chrono::milliseconds pause{100};

// Too many connections: answers with one write, without state or reading.
void turn_away(int fd) {
  static const std::string answer = [] {
    std::string out;
    auto what
        = error(503, "the server has all the connections it may have", true);
    what.headers.emplace_back("Retry-After", "1");
    append_head(out, what, {.close = true, .date = {}});
    return out + what.body;
  }();
  ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(fd, SHUT_WR);
  ::close(fd);
}

} // namespace accept_detail

void loop::accept_some() {
  for (int i = 0; i < 256; ++i) {
    int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      accept_failed_ = false;
      adopt(fd);
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return;
      case EINTR: // and errors of a single client
      case ECONNABORTED:
      case EPERM:
      case EPROTO:
      case ENETDOWN:
      case ENETUNREACH:
      case EHOSTDOWN:
      case EHOSTUNREACH:
        continue;
      default:
        accept_failed(errno);
        return;
    }
  }
}

// No descriptor or memory is left. The listener stays readable, so retrying at
// once would spin. Logged once until it works again.
void loop::accept_failed(int error) {
  if (!std::exchange(accept_failed_, true))
    log(std::string("accepting pauses: ") + std::strerror(error));
  pause_accepting();
}

void loop::adopt(int fd) {
  auto& counts = *shared_.counts;
  counts.accepted.fetch_add(1, std::memory_order_relaxed);
  if (counts.connections.fetch_add(1) >= limits_.connections) {
    counts.connections.fetch_sub(1);
    counts.refused(refusal::connections);
    accept_detail::turn_away(fd);
    return;
  }
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  if (++generation_ == 0)
    generation_ = 1;
  uint64_t id = uint64_t{generation_} << 32 | slot;
  slots_[slot] = std::make_unique<connection>(id, fd, limits_);
  ++open_;
  epoll_event e{};
  // Registered once for everything: no epoll_ctl per request.
  e.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  e.data.u64 = id;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &e) != 0) {
    close(*slots_[slot]);
    return;
  }
  // A client that connects and sends nothing has the time of a request.
  deadlines_.arm(*slots_[slot], deadline::request, now_);
}

void loop::pause_accepting() {
  if (std::exchange(accepting_, false))
    epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
  accept_again_ = now_ + accept_detail::pause;
}

void loop::resume_accepting() {
  accept_again_ = steady::time_point::max();
  if (listener_ < 0 || std::exchange(accepting_, true))
    return;
  epoll_event e{};
  e.events = EPOLLIN;
  e.data.u64 = accept_detail::listener_id;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &e);
}

} // namespace tutti::rest
