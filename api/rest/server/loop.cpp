#include "api/rest/server/loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace tutti::rest {

namespace loop_detail {

// Generations start at 1: no connection has these ids.
constexpr uint64_t listener_id = 1;
constexpr uint64_t mailbox_id = 2;

void watch(int epoll, int fd, uint32_t events, uint64_t id) {
  epoll_event e{};
  e.events = events;
  e.data.u64 = id;
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

} // namespace loop_detail

loop::loop(server_shared& shared, int listener)
    : shared_(shared), limits_(shared.options.limits),
      mailbox_(std::make_shared<mailbox>()),
      epoll_(epoll_create1(EPOLL_CLOEXEC)), listener_(listener) {
  deadlines_.set(deadline::idle, limits_.idle_timeout);
  deadlines_.set(deadline::request, limits_.request_timeout);
  deadlines_.set(deadline::write, limits_.write_timeout);
  deadlines_.set(deadline::linger, limits_.linger_timeout);
  if (!ready())
    return;
  loop_detail::watch(epoll_, mailbox_->wake_fd(), EPOLLIN | EPOLLET,
                     loop_detail::mailbox_id);
  resume_accepting();
}

loop::~loop() {
  close_all();
  mailbox_->close();
  if (listener_ >= 0)
    ::close(listener_);
  if (epoll_ >= 0)
    ::close(epoll_);
}

void loop::run() {
  mailbox_->open([this](uint64_t id, response&& what) {
    if (auto c = find(id); c && c->phase == phase::waiting)
      answer(*c, std::move(what));
  });
  while (!stopping_) {
    turn();
    if (draining_ && open_ == 0 && !std::exchange(reported_drained_, true)) {
      std::lock_guard guard(shared_.mutex);
      if (--shared_.loops_busy == 0)
        shared_.drained.notify_all();
    }
  }
  close_all();
  mailbox_->close();
}

void loop::turn() {
  std::array<epoll_event, 256> events;
  int wait = again_.empty() && mailbox_->fall_asleep() ? wait_ms() : 0;
  int n = epoll_wait(epoll_, events.data(), events.size(), wait);
  now_ = steady::now();
  for (int i = 0; i < n; ++i) {
    auto id = events[i].data.u64;
    if (id == loop_detail::listener_id)
      accept_some();
    else if (auto c = find(id))
      on_event(*c, events[i].events);
  }
  again_now_.swap(again_);
  for (auto id : again_now_) {
    if (auto c = find(id)) {
      c->queued = false;
      if (c->phase == phase::lingering)
        discard(*c);
      else
        pump(*c);
    }
  }
  again_now_.clear();
  take_mail();
  expire();
  if (accept_again_ <= now_)
    resume_accepting();
  graveyard_.clear();
}

int loop::wait_ms() const {
  auto next = std::min(deadlines_.next(), accept_again_);
  if (next == steady::time_point::max())
    return -1;
  auto left
      = std::chrono::ceil<std::chrono::milliseconds>(next - steady::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

void loop::on_event(connection& c, uint32_t events) {
  if (events & (EPOLLERR | EPOLLHUP)) {
    close(c);
    return;
  }
  if (events & EPOLLRDHUP)
    c.peer_closed = true;
  if (events & (EPOLLIN | EPOLLRDHUP))
    c.readable = true;
  if ((events & EPOLLOUT) && c.phase == phase::writing)
    flush(c);
  if (c.phase == phase::receiving)
    pump(c);
  else if (c.phase == phase::lingering)
    discard(c);
  else if (c.phase == phase::waiting && c.peer_closed)
    parked_gone(c);
}

void loop::take_mail() {
  mailbox_->take(answers_, commands_);
  for (auto& run : commands_)
    run();
  for (auto& [id, what] : answers_)
    if (auto c = find(id); c && c->phase == phase::waiting)
      answer(*c, std::move(what));
}

void loop::expire() {
  while (auto node = deadlines_.expired(now_)) {
    auto& c = static_cast<connection&>(*node);
    if (c.kind == deadline::request && c.receiving)
      refuse(c, refusal::slow, 408, "the request did not arrive in time");
    else
      close(c);
  }
}

void loop::drain() {
  mailbox_->post([this] { begin_drain(); });
}

void loop::begin_drain() {
  // Connections that the kernel has accepted are still served.
  if (accepting_)
    accept_some();
  pause_accepting();
  accept_again_ = steady::time_point::max();
  if (listener_ >= 0)
    ::close(std::exchange(listener_, -1));
  draining_ = true;
  for (size_t i = 0; i < slots_.size(); ++i) {
    auto c = slots_[i].get();
    if (!c || c->phase != phase::receiving)
      continue;
    c->readable = true; // check once more: the next request may be there
    pump(*c);
    if (c->phase == phase::receiving && !c->receiving)
      close(*c);
  }
}

void loop::stop() {
  mailbox_->post([this] { stopping_ = true; });
}

void loop::close_all() {
  for (size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i])
      close(*slots_[i]);
  graveyard_.clear();
}

connection* loop::find(uint64_t id) const {
  auto slot = static_cast<uint32_t>(id);
  if (slot >= slots_.size())
    return nullptr;
  auto c = slots_[slot].get();
  return c && c->id == id ? c : nullptr;
}

void loop::close(connection& c) {
  auto was = std::exchange(c.phase, phase::closed);
  if (was == phase::closed)
    return;
  deadlines_.disarm(c);
  count_unsent(-static_cast<int64_t>(c.unsent()));
  forget_upload(c);
  no_longer_waits(c);
  ::close(std::exchange(c.fd, -1));
  auto slot = static_cast<uint32_t>(c.id);
  // Callers still use it: freed at the end of the turn.
  graveyard_.push_back(std::move(slots_[slot]));
  free_.push_back(slot);
  --open_;
  shared_.counts->connections.fetch_sub(1, std::memory_order_relaxed);
  if (!accepting_ && !draining_ && listener_ >= 0 && !stopping_)
    accept_again_ = now_; // a descriptor is free again
  if (was == phase::waiting)
    if (auto x = c.in_flight.lock())
      x->leave();
}

void loop::log(std::string_view line) const {
  if (shared_.options.log)
    shared_.options.log(line);
}

} // namespace tutti::rest
