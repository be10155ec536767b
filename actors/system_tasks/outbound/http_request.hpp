#pragma once

#include "actors/engine/tasks/work_time.hpp"
#include "messages/model/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tutti {

/// The request of an HTTP task (reference:http).
struct http_request {
  std::string uri, method;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  engine::http_times times;
  int64_t transfer_ms = 60'000;
};

/// errc::invalid with a sentence when the input is not a request.
result<http_request> read_http_request(const nlohmann::json& input,
                                       const engine::work_times& bounds);

} // namespace tutti
