#pragma once

#include "api/rest/server/exchange.hpp"
#include "api/rest/server/text.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::rest::test {

/// Keeps the answer of an exchange that has no connection.
struct kept_answer final : reply_port {
  std::optional<response> answer;
  void deliver(uint64_t, response&& x) override { answer = std::move(x); }
};

struct local_exchange {
  std::shared_ptr<kept_answer> port = std::make_shared<kept_answer>();
  std::shared_ptr<exchange> x;

  local_exchange(std::string_view method, std::string_view target,
                 std::string body = {},
                 std::vector<std::pair<std::string, std::string>> headers = {})
      : x(std::make_shared<exchange>(port, 1)) {
    auto& r = x->incoming();
    r.method_name = method;
    r.method = to_method(method);
    r.raw_target = target;
    if (auto ok = parse_target(r.raw_target, r.target); !ok)
      throw std::runtime_error(ok.failure().message);
    r.body = std::move(body);
    for (auto& [name, value] : headers)
      r.add_header(name, value);
    x->open();
  }
  const std::optional<response>& answer() const { return port->answer; }
};

} // namespace tutti::rest::test
