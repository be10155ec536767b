#pragma once

#include "api/rest/server/exchange.hpp"
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

/// The values of a pattern's variables. Valid as long as the exchange.
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

/// Routes by reference:rest-api: a literal segment beats a variable, fewer
/// variables beat more, a trailing slash makes no difference. GET brings HEAD
/// and OPTIONS; an unknown path is 404 and another method 405, both with the
/// error body. Add all routes first; afterwards any thread may route.
class router {
 public:
  router();
  ~router();
  router(router&&) noexcept;
  router& operator=(router&&) noexcept;

  /// `pattern` like "/api/tasks/poll/{tasktype}". Fails when it is malformed
  /// or was added before with that method.
  result<done> add(method verb, std::string_view pattern,
                   route_handler handler);
  /// Asked before a 404, e.g. for the console's pages; true when it answered
  /// or will answer.
  void
  set_fallback(std::function<bool(const std::shared_ptr<exchange>&)> fallback);

  void operator()(std::shared_ptr<exchange> x) const;

 private:
  struct node;
  struct route;
  struct search;
  static void find(const node& at, search& s, size_t depth);

  std::unique_ptr<node> root_;
  std::function<bool(const std::shared_ptr<exchange>&)> fallback_;
};

} // namespace tutti::rest
