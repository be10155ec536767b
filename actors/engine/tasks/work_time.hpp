#pragma once

#include "actors/engine/decider.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::engine {

// What queued system tasks ask for, read alike by the engine, which gives them
// a lease, and by the worker, which must be done before the lease is over.

struct http_times {
  int64_t connect_ms = 0, read_ms = 0;
};
/// Under `http_request`, or the input itself; null when neither is an object.
const nlohmann::json* http_request_of(const nlohmann::json& input);
http_times http_times_of(const nlohmann::json& input, const work_times& bounds);
/// The longest that the work may take.
int64_t http_work_ms(const nlohmann::json& input, const work_times& bounds);

struct kafka_times {
  int64_t request_ms = 0, block_ms = 0;
};
kafka_times kafka_times_of(const nlohmann::json& input,
                           const work_times& bounds);
int64_t kafka_work_ms(const nlohmann::json& input, const work_times& bounds);

} // namespace tutti::engine
