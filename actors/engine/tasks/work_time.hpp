#pragma once

#include "actors/engine/decider.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::engine {

// The timeouts of queued system tasks. The engine, which sets the lease, and
// the worker, which must end before it, read them with the same code.

struct http_times {
  int64_t connect_ms = 0, read_ms = 0;
};
/// The object under `http_request`, or the input itself; null when neither is
/// an object.
const nlohmann::json* http_request_of(const nlohmann::json& input);
http_times http_times_of(const nlohmann::json& input, const work_times& bounds);
/// The longest time that the work may take.
int64_t http_work_ms(const nlohmann::json& input, const work_times& bounds);

struct kafka_times {
  int64_t request_ms = 0, block_ms = 0;
};
kafka_times kafka_times_of(const nlohmann::json& input,
                           const work_times& bounds);
int64_t kafka_work_ms(const nlohmann::json& input, const work_times& bounds);

} // namespace tutti::engine
