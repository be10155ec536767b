#pragma once

#include "api/rest/routes/routes.hpp"
#include "tests/unit/api/rest/server/local_exchange.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <deque>

namespace tutti::rest::test {

inline answer a_text(std::string text) {
  answer out;
  out.text = std::move(text);
  return out;
}

/// Keeps what the routes say to it. Answers each message with the next prepared
/// answer, then with `usual`; or with nothing while it is `silent`.
struct fake_gateway final : gateway_port {
  std::vector<gateway_message> got;
  std::deque<result<answer>> next;
  result<answer> usual = a_text("");
  result<polled> tasks = polled{};
  std::vector<violation> violations; ///< of scripts
  bool silent = false;

  void send(gateway_message what) override {
    got.push_back(std::move(what));
    auto message = got.back();
    if (!silent)
      std::visit([this](auto& x) { answer_to(x.done); }, message);
  }

 private:
  void answer_to(const tutti::reply<polled>& done) { done(tasks); }
  void answer_to(const tutti::reply<std::vector<violation>>& done) {
    done(violations);
  }
  void answer_to(const tutti::reply<answer>& done) {
    auto with = usual;
    if (!next.empty()) {
      with = std::move(next.front());
      next.pop_front();
    }
    done(std::move(with));
  }
};

/// All routes in front of a fake gateway.
struct route_world {
  std::shared_ptr<fake_gateway> gateway = std::make_shared<fake_gateway>();
  router routes;
  route_context context{.gateway = gateway};

  /// After settings were changed; the first request does it otherwise.
  void open() {
    REQUIRE(register_routes(routes, context));
    is_open_ = true;
  }

  local_exchange
  begin(std::string_view method, std::string_view target, std::string body = {},
        std::vector<std::pair<std::string, std::string>> headers = {}) {
    if (!is_open_)
      open();
    local_exchange local(method, target, std::move(body), std::move(headers));
    routes(local.x);
    return local;
  }

  response call(std::string_view method, std::string_view target,
                std::string body = {},
                std::vector<std::pair<std::string, std::string>> headers = {}) {
    auto local = begin(method, target, std::move(body), std::move(headers));
    REQUIRE(local.answer());
    return *local.answer();
  }

  /// The last message, which is of that type.
  template <class Message>
  Message& last() {
    REQUIRE_FALSE(gateway->got.empty());
    REQUIRE(std::holds_alternative<Message>(gateway->got.back()));
    return std::get<Message>(gateway->got.back());
  }
  template <class Command>
  Command& last_command() {
    auto& call = last<call_workflow>();
    REQUIRE(std::holds_alternative<Command>(call.what));
    return std::get<Command>(call.what);
  }

 private:
  bool is_open_ = false;
};

inline bool is_void(const response& x) {
  return x.status == 200 && x.body.empty() && x.content == content::none;
}
inline bool is_no_content(const response& x) {
  return x.status == 204 && x.body.empty() && x.content == content::none;
}
inline bool is_json(const response& x, std::string_view body) {
  return x.status == 200 && x.content == content::json && x.body == body;
}
inline bool is_text(const response& x, std::string_view body) {
  return x.status == 200 && x.content == content::text && x.body == body;
}
/// The error body, with all its fields.
inline bool is_error(const response& x, int status) {
  auto body = nlohmann::json::parse(x.body, nullptr, false);
  return x.status == status && x.content == content::json && body.is_object()
         && body["status"] == status && body["message"].is_string()
         && !body["message"].get<std::string>().empty()
         && body["instance"].is_string() && body["retryable"].is_boolean();
}
/// The paths of the broken rules; empty when it is no such answer.
inline std::vector<std::string> broken_paths(const response& x) {
  std::vector<std::string> out;
  auto body = nlohmann::json::parse(x.body, nullptr, false);
  if (x.status != 400 || body.contains("instance") || body["status"] != 400
      || !body["message"].is_string() || body["retryable"] != false)
    return out;
  for (auto& one : body["validationErrors"])
    out.push_back(one["path"].get<std::string>());
  return out;
}

} // namespace tutti::rest::test
