#pragma once

#include "api/rest/server/request.hpp"
#include "api/rest/server/response.hpp"
#include "messages/envelope.hpp"

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

/// Where an exchange leaves its answer; any thread may call it.
class reply_port {
 public:
  virtual ~reply_port() = default;
  virtual void deliver(uint64_t connection, response&& answer) = 0;
};

/// One request and the right to answer it once. Reading is for one thread at
/// a time; `reply`, `on_gone`, `gone` and `replied` may be called from any.
class exchange {
 public:
  exchange(std::shared_ptr<reply_port> port, uint64_t connection);
  /// Nobody answered: the client gets a 500 instead of waiting for ever.
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
  /// Every one, in the order sent. Commas are not split here.
  std::vector<std::string_view> query_all(std::string_view name) const;
  std::optional<std::string_view> header(std::string_view name) const {
    return request_.header(name);
  }
  std::string_view body() const { return request_.body; }
  /// Leaves an empty body behind.
  std::string take_body() { return std::exchange(request_.body, {}); }

  /// Who asks; established by the router before anything else is done.
  const request_context& context() const { return context_; }
  void set_context(request_context x) { context_ = std::move(x); }

  /// The first call answers, later ones do nothing.
  void reply(response answer);
  bool replied() const;

  /// Runs once if the client leaves before the answer, on the server's thread
  /// or, if it has left already, here and now. An exchange with such a
  /// callback is closed on a half-closed connection; without one the answer
  /// is still sent. The callback is dropped with the reply.
  void on_gone(std::function<void()> callback);
  bool gone() const;

  /// For the server: the request to fill, and the start of the exchange.
  request& incoming() { return request_; }
  void open();
  /// For the server: the client left. True when a callback was told.
  bool leave();

 private:
  enum class state : uint8_t { receiving, open, replied };

  std::shared_ptr<reply_port> port_;
  uint64_t connection_;
  std::atomic<state> state_ = state::receiving;
  mutable std::mutex mutex_;
  bool gone_ = false;
  std::function<void()> on_gone_;
  request request_;
  request_context context_;
};

} // namespace tutti::rest
