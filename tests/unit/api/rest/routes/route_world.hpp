#pragma once

#include "actors/engine/task_traits.hpp"
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
struct fake_gateway final : api::gateway_port {
  std::vector<api::gateway_message> got;
  std::deque<result<answer>> next;
  result<answer> usual = a_text("");
  result<polled> tasks = polled{};
  execution_list executions;
  incident_list incidents;
  job_list jobs;
  std::vector<violation> violations;  ///< of scripts
  result<waited> comes_to = waited{}; ///< of executions that clients wait for
  search_result hits;
  bool silent = false;

  void send(api::gateway_message what) override {
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
  void answer_to(const tutti::reply<waited>& done) { done(comes_to); }
  void answer_to(const tutti::reply<execution_list>& done) { done(executions); }
  void answer_to(const tutti::reply<incident_list>& done) { done(incidents); }
  void answer_to(const tutti::reply<job_list>& done) { done(jobs); }
  void answer_to(const tutti::reply<search_result>& done) { done(hits); }
  /// Any answer with a text, or without one.
  template <class T>
  void answer_to(const tutti::reply<T>& done) {
    auto with = usual;
    if (!next.empty()) {
      with = std::move(next.front());
      next.pop_front();
    }
    if (with)
      done(as(std::move(*with), T{}));
    else
      done(with.failure());
  }
  static answer as(answer x, answer) { return x; }
  static document as(answer x, document) { return {std::move(x.text)}; }
  static started as(answer x, started) { return {std::move(x.text)}; }
  static tutti::done as(answer, tutti::done) { return {}; }
  static sorted_documents as(answer x, sorted_documents) {
    sorted_documents out;
    if (!x.text.empty())
      out.items.push_back({"00000000-0000-4000-8000-000000000001", x.text});
    out.total = out.items.size();
    return out;
  }
  static acknowledged as(answer x, acknowledged) { return {x.effective}; }
};

/// All routes in front of a fake gateway.
struct route_world {
  std::shared_ptr<fake_gateway> gateway = std::make_shared<fake_gateway>();
  std::optional<router> routes;
  route_context context{.gateway = gateway};
  api::access_check access = api::admit_everybody;

  route_world() {
    context.settings.admission.validation.rules_of = engine::rules_of_type;
  }

  /// After settings were changed; the first request does it otherwise.
  void open() {
    auto made = router::make(all_routes(context), access);
    REQUIRE(made);
    routes.emplace(std::move(*made));
  }

  local_exchange
  begin(std::string_view method, std::string_view target, std::string body = {},
        std::vector<std::pair<std::string, std::string>> headers = {}) {
    if (!routes)
      open();
    local_exchange local(method, target, std::move(body), std::move(headers));
    (*routes)(local.x);
    return local;
  }

  response call(std::string_view method, std::string_view target,
                std::string body = {},
                std::vector<std::pair<std::string, std::string>> headers = {}) {
    auto local = begin(method, target, std::move(body), std::move(headers));
    REQUIRE(local.answer());
    auto out = *local.answer();
    // Every answer has it, whatever the route.
    CHECK(std::erase_if(out.headers,
                        [](auto& x) { return x.first == "X-Request-Id"; })
          == 1);
    return out;
  }

  /// The last message, whose request is of that type.
  template <class Request>
  envelope<Request>& last_envelope() {
    using message = envelope<Request>;
    REQUIRE_FALSE(gateway->got.empty());
    REQUIRE(std::holds_alternative<message>(gateway->got.back()));
    return std::get<message>(gateway->got.back());
  }
  template <class Request>
  Request& last() {
    return last_envelope<Request>().request;
  }
  template <class Command>
  Command& last_command() {
    auto& call = last<call_workflow>();
    REQUIRE(std::holds_alternative<Command>(call.what));
    return std::get<Command>(call.what);
  }
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
