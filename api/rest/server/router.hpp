#pragma once

#include "api/auth/access.hpp"
#include "api/rest/server/exchange.hpp"
#include "api/rest/server/gate.hpp"
#include "messages/model/result.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::rest {

/// The values of a pattern's variables; valid as long as the exchange.
class path_params {
 public:
  /// Empty when the pattern has no such variable.
  std::string_view operator[](std::string_view name) const;
  std::string_view operator[](size_t index) const { return values_[index]; }
  size_t size() const { return values_.size(); }

 private:
  friend class router;
  const std::vector<std::string>* names_ = nullptr;
  std::vector<std::string_view> values_;
};

using route_handler
    = std::function<void(std::shared_ptr<exchange>, const path_params&)>;

/// A row of the route table. A route without a permission does not compile.
struct route {
  route(method verb, std::string pattern, api::permission needs,
        route_handler handler, body_kind body = body_kind::json)
      : verb(verb), pattern(std::move(pattern)), needs(needs),
        handler(std::move(handler)), body(body) {}
  route(method verb, std::string pattern, api::permission needs,
        route_handler handler, route_notes notes,
        body_kind body = body_kind::json)
      : verb(verb), pattern(std::move(pattern)), needs(needs),
        handler(std::move(handler)), body(body), notes(std::move(notes)) {}

  method verb;
  std::string pattern; ///< like "/api/tasks/poll/{tasktype}"
  api::permission needs;
  route_handler handler;
  body_kind body;
  /// Without them the handler may read any argument, and nobody is told.
  std::optional<route_notes> notes = {};
};
using route_table = std::vector<route>;

/// Routes by rest-api §1.2: a literal segment beats a variable, fewer
/// variables beat more, a trailing slash makes no difference. GET brings HEAD
/// and OPTIONS; an unknown path is 404 and another method 405, both with the
/// error body. Any thread may route.
///
/// Every request, whatever becomes of it, passes the gate and the access check
/// first. It has an id, its own or a new one, that its answer carries
/// (`X-Request-Id`).
class router {
 public:
  /// Fails when a pattern is malformed, or occurs twice with one method.
  static result<router> make(route_table routes,
                             api::access_check access = api::admit_everybody,
                             std::shared_ptr<const gate> gate = {});
  ~router();
  router(router&&) noexcept;
  router& operator=(router&&) noexcept;

  /// Called before a 404, e.g. for the console's pages; returns true when it
  /// answers. Set it before the first request.
  void
  set_fallback(std::function<bool(const std::shared_ptr<exchange>&)> fallback);

  void operator()(std::shared_ptr<exchange> x) const;

  /// What each row was asked, in the order of the table, and at the end what no
  /// row takes; may be kept longer than the router.
  std::vector<std::shared_ptr<const route_figures>> figures() const {
    return {figures_.begin(), figures_.end()};
  }

 private:
  struct node;
  struct leaf;
  struct search;
  router();
  result<done> add(route x);
  static void find(const node& at, search& s, size_t depth);
  bool admit(exchange& x, const leaf* row) const;
  void answer_unrouted(exchange& x, const search& s) const;

  std::unique_ptr<node> root_;
  std::vector<std::shared_ptr<route_figures>> figures_;
  std::shared_ptr<route_figures> unrouted_;
  api::access_check access_;
  std::shared_ptr<const rest::gate> gate_;
  std::function<bool(const std::shared_ptr<exchange>&)> fallback_;
};

} // namespace tutti::rest
