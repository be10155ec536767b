#include "api/rest/server/loop.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <ctime>
#include <utility>

namespace tutti::rest {

namespace write_detail {

// Sends head and body from offset `at` in one call; -1 with errno on failure.
ssize_t send_both(int fd, std::string_view head, std::string_view body,
                  size_t at) {
  if (at < head.size()) {
    head.remove_prefix(at);
  } else {
    body.remove_prefix(at - head.size());
    head = {};
  }
  std::array<iovec, 2> parts = {{
      {const_cast<char*>(head.data()), head.size()},
      {const_cast<char*>(body.data()), body.size()},
  }};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  ssize_t n;
  do {
    n = sendmsg(fd, &message, MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  return n;
}

} // namespace write_detail

void loop::answer(connection& c, response&& what) {
  c.in_flight.reset();
  no_longer_waits(c);
  c.close_after |= draining_;
  if (what.status == 204 || what.status == 304)
    what.body.clear();
  head_.clear();
  append_head(head_, what,
              {.close = c.close_after,
               .keep_alive = c.http_1_0 && !c.close_after,
               .date = date_line()});
  if (c.head_only)
    what.body.clear();
  c.phase = phase::writing;
  auto total = head_.size() + what.body.size();
  auto n = write_detail::send_both(c.fd, head_, what.body, 0);
  if (n == static_cast<ssize_t>(total)) {
    finish_write(c);
    return;
  }
  if (n < 0 && errno != EAGAIN) {
    close(c);
    return;
  }
  // Only a slow client costs a copy and bookkeeping.
  c.out_head = head_;
  c.out_body = std::move(what.body);
  c.out_at = n > 0 ? static_cast<size_t>(n) : 0;
  count_unsent(static_cast<int64_t>(c.unsent()));
  deadlines_.arm(c, deadline::write, now_);
  shed_output();
}

void loop::flush(connection& c) {
  while (c.unsent() > 0) {
    auto n = write_detail::send_both(c.fd, c.out_head, c.out_body, c.out_at);
    if (n < 0) {
      if (errno != EAGAIN)
        close(c);
      return;
    }
    c.out_at += static_cast<size_t>(n);
    count_unsent(-n);
    deadlines_.arm(c, deadline::write, now_);
  }
  std::string().swap(c.out_head);
  std::string().swap(c.out_body);
  c.out_at = 0;
  finish_write(c);
}

void loop::finish_write(connection& c) {
  if (!c.close_after) {
    c.phase = phase::receiving;
    deadlines_.arm(c, deadline::idle, now_);
    if (!c.in.empty() || c.readable)
      pump(c);
    return;
  }
  // Closing with unread bytes resets the connection, and the client may lose
  // the answer: shut down our side and read on for a while.
  if (c.linger_after || c.readable) {
    c.phase = phase::lingering;
    ::shutdown(c.fd, SHUT_WR);
    deadlines_.arm(c, deadline::linger, now_);
    discard(c);
    return;
  }
  close(c);
}

void loop::shed_output() {
  while (unsent_ > limits_.output_bytes) {
    auto slowest = deadlines_.oldest(deadline::write);
    if (!slowest || slowest->after->kind != deadline::write)
      return; // a single answer may be larger than the bound
    shared_.reached(bounds::unread);
    shared_.counts->refused(refusal::unread);
    close(static_cast<connection&>(*slowest));
  }
}

void loop::count_unsent(int64_t bytes) {
  // Unsigned numbers wrap, which subtracts.
  unsent_ += static_cast<uint64_t>(bytes);
  shared_.counts->unsent.fetch_add(static_cast<uint64_t>(bytes),
                                   std::memory_order_relaxed);
}

void loop::no_longer_waits(connection& c) {
  if (std::exchange(c.handled, false))
    shared_.counts->waiting.fetch_sub(1, std::memory_order_relaxed);
}

std::string_view loop::date_line() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != date_second_) {
    date_second_ = now.tv_sec;
    tm parts{};
    gmtime_r(&now.tv_sec, &parts);
    std::array<char, 64> text;
    auto n = std::strftime(text.data(), text.size(),
                           "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_.assign(text.data(), n);
  }
  return date_;
}

} // namespace tutti::rest
