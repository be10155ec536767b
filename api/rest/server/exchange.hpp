#pragma once

#include "api/rest/server/argument.hpp"
#include "api/rest/server/byte_budget.hpp"
#include "api/rest/server/request.hpp"
#include "api/rest/server/response.hpp"
#include "api/rest/server/route_figures.hpp"
#include "messages/envelope.hpp"
#include "messages/model/bounds.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::rest {

/// Receives the answers of exchanges; any thread may call it.
class reply_port {
 public:
  virtual ~reply_port() = default;
  virtual void deliver(uint64_t connection, response&& answer) = 0;
};

/// One request and the right to answer it once. One thread at a time may read
/// it; `reply`, `on_gone`, `gone` and `replied` may be called from any thread.
class exchange {
 public:
  exchange(std::shared_ptr<reply_port> port, uint64_t connection);
  /// Without an answer the client gets a 500, instead of waiting for ever.
  ~exchange();
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  rest::method method() const { return request_.method; }
  std::string_view method_name() const { return request_.method_name; }
  /// As it was sent, still encoded.
  std::string_view raw_target() const { return request_.raw_target; }
  const std::vector<std::string_view>& segments() const {
    return request_.target.segments;
  }
  const std::vector<std::pair<std::string_view, std::string_view>>&
  parameters() const {
    return request_.target.query;
  }
  /// The first parameter of that name.
  std::optional<std::string_view> query(std::string_view name) const;
  /// All parameters of that name, in the order sent; commas are not split.
  std::vector<std::string_view> query_all(std::string_view name) const;
  std::optional<std::string_view> header(std::string_view name) const {
    return request_.header(name);
  }
  std::string_view body() const { return request_.body; }
  /// Leaves an empty body behind.
  std::string take_body() { return std::exchange(request_.body, {}); }
  /// The body was read, and the answer may take long: its bytes are free for
  /// other requests.
  void drop_body() {
    std::string().swap(request_.body);
    share_.release();
  }

  /// The caller; the router establishes it first.
  const request_context& context() const { return context_; }
  void set_context(request_context x) { context_ = std::move(x); }

  /// What the route may read; set by the router, which outlives the handler's
  /// call. Null: anything.
  void set_arguments(const std::vector<argument>* x) { arguments_ = x; }
  bool may_read(const argument& x) const;

  /// For the router: where the answer counts.
  void set_route(std::shared_ptr<route_figures> x);

  /// A header of the answer, whatever answers. Before `reply`.
  void add_reply_header(std::string name, std::string value) {
    reply_headers_.emplace_back(std::move(name), std::move(value));
  }
  /// The first call answers, later ones do nothing.
  void reply(response answer);
  bool replied() const;

  /// Called once if the client leaves before the answer: on the server's
  /// thread, or directly if it has left already. With a callback a half-closed
  /// connection counts as gone; without one the answer is still sent. `reply`
  /// drops the callback.
  void on_gone(std::function<void()> callback);
  bool gone() const;

  /// For the server: the request to fill, and the start of the exchange.
  request& incoming() { return request_; }
  /// What its body takes of the budget, until this exchange is gone.
  byte_share& share() { return share_; }
  /// A larger answer becomes a 413, unless its sender bounded it.
  void open(size_t answer_bytes_max = SIZE_MAX,
            std::shared_ptr<reached_bounds> reached = {});
  /// For the server: the client left. True when a callback was called.
  bool leave();

 private:
  enum class state : uint8_t { receiving, open, replied };

  void bound(response& answer) const;
  void count(const response& answer) const;

  std::shared_ptr<reply_port> port_;
  uint64_t connection_;
  std::atomic<state> state_ = state::receiving;
  mutable std::mutex mutex_;
  bool gone_ = false;
  std::function<void()> on_gone_;
  request request_;
  byte_share share_;
  request_context context_;
  const std::vector<argument>* arguments_ = nullptr;
  std::vector<std::pair<std::string, std::string>> reply_headers_;
  size_t answer_bytes_max_ = SIZE_MAX;
  std::shared_ptr<reached_bounds> reached_;
  std::shared_ptr<route_figures> route_;
  std::chrono::steady_clock::time_point began_{};
};

} // namespace tutti::rest
