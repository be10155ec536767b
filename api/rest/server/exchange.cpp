#include "api/rest/server/exchange.hpp"

#include <algorithm>
#include <utility>

namespace tutti::rest {

exchange::exchange(std::shared_ptr<reply_port> port, uint64_t connection)
    : port_(std::move(port)), connection_(connection) {}

exchange::~exchange() {
  if (state_.load() == state::open)
    reply(error(500, "the request ended without an answer"));
}

std::optional<std::string_view> exchange::query(std::string_view name) const {
  for (auto& [key, value] : parameters())
    if (key == name)
      return value;
  return std::nullopt;
}

bool exchange::may_read(const argument& x) const {
  return !arguments_
         || std::find(arguments_->begin(), arguments_->end(), x)
                != arguments_->end();
}

std::vector<std::string_view> exchange::query_all(std::string_view name) const {
  std::vector<std::string_view> found;
  for (auto& [key, value] : parameters())
    if (key == name)
      found.push_back(value);
  return found;
}

void exchange::reply(response answer) {
  auto expected = state::open;
  if (!state_.compare_exchange_strong(expected, state::replied))
    return;
  std::function<void()>
      dropped; // may own this exchange: destroyed after the lock is released
  {
    std::lock_guard guard(mutex_);
    dropped.swap(on_gone_);
  }
  for (auto& x : reply_headers_)
    answer.headers.push_back(std::move(x));
  port_->deliver(connection_, std::move(answer));
}

bool exchange::replied() const { return state_.load() == state::replied; }

void exchange::on_gone(std::function<void()> callback) {
  {
    std::lock_guard guard(mutex_);
    if (!gone_) {
      // Under the lock, either `reply` sees the callback, or we see the reply.
      if (state_.load() != state::replied)
        on_gone_.swap(callback);
      return;
    }
  }
  if (state_.load() != state::replied)
    callback();
}

bool exchange::gone() const {
  std::lock_guard guard(mutex_);
  return gone_;
}

void exchange::open() { state_.store(state::open); }

bool exchange::leave() {
  std::function<void()> callback;
  {
    std::lock_guard guard(mutex_);
    gone_ = true;
    callback.swap(on_gone_);
  }
  if (callback)
    callback();
  return static_cast<bool>(callback);
}

} // namespace tutti::rest
