#include "api/rest/server/exchange.hpp"

#include "messages/model/logging/log.hpp"
#include "messages/requests/request_bounds.hpp"

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

void exchange::set_route(std::shared_ptr<route_figures> x) {
  route_ = std::move(x);
  logging::debug("http", {.request_id = context_.request_id}, [&] {
    return "received " + std::string(method_name()) + ' '
           + std::string(raw_target().substr(0, raw_target().find('?')))
           + " for " + route_->pattern;
  });
}

void exchange::bound(response& answer) const {
  auto size = answer.body.size();
  if (size <= answer_bytes_max_ || answer.is_bounded)
    return;
  if (reached_)
    reached_->add(bounds::answer);
  answer = error(413, sentence_of(bounds::answer, size, answer_bytes_max_));
}

void exchange::count(const response& answer) const {
  if (!route_)
    return;
  auto within = std::chrono::steady_clock::now() - began_;
  route_->answered(answer.status, within);
  logging::debug("http", {.request_id = context_.request_id}, [&] {
    using std::chrono::microseconds;
    auto us = std::chrono::duration_cast<microseconds>(within).count();
    return "answered " + std::to_string(answer.status) + " with "
           + std::to_string(answer.body.size()) + " bytes in "
           + std::to_string(us) + " us";
  });
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
  bound(answer);
  count(answer);
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

void exchange::open(size_t answer_bytes_max,
                    std::shared_ptr<reached_bounds> reached) {
  answer_bytes_max_ = answer_bytes_max;
  reached_ = std::move(reached);
  began_ = std::chrono::steady_clock::now();
  state_.store(state::open);
}

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
