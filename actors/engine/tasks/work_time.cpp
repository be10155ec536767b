#include "actors/engine/tasks/work_time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tutti::engine {

namespace work_time_detail {

using nlohmann::json;

constexpr int64_t http_default_ms = 3'000;

int64_t number_of(const json& x, int64_t otherwise) {
  if (x.is_number_unsigned())
    return int64_t(std::min<uint64_t>(x.get<uint64_t>(), INT64_MAX));
  if (x.is_number_integer())
    return x.get<int64_t>();
  if (x.is_number_float()) {
    auto value = x.get<double>();
    return value >= 0 && value < 1e15 ? int64_t(value) : otherwise;
  }
  if (x.is_string()) {
    auto& text = x.get_ref<const std::string&>();
    int64_t out = 0;
    auto [end, error]
        = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error == std::errc() && end == text.data() + text.size())
      return out;
  }
  return otherwise;
}

/// Absent, null, zero and invalid values have a time each: nothing waits for
/// ever.
int64_t time_of(const json* request, const char* key, int64_t absent,
                int64_t null, int64_t most) {
  auto out = absent;
  if (request)
    if (auto it = request->find(key); it != request->end())
      out = it->is_null() ? null : number_of(*it, absent);
  return out <= 0 ? most : std::min(out, most);
}

const json* object_at(const json& input, const char* key) {
  if (!input.is_object())
    return nullptr;
  auto it = input.find(key);
  return it != input.end() && it->is_object() ? &*it : nullptr;
}

} // namespace work_time_detail

const nlohmann::json* http_request_of(const nlohmann::json& input) {
  if (auto* request = work_time_detail::object_at(input, "http_request"))
    return request;
  if (!input.is_object())
    return nullptr;
  // Any other value under that name is not a request.
  auto it = input.find("http_request");
  return it == input.end() || it->is_null() ? &input : nullptr;
}

http_times http_times_of(const nlohmann::json& input,
                         const work_times& bounds) {
  using namespace work_time_detail;
  auto* request = http_request_of(input);
  return {time_of(request, "connectionTimeOut", http_default_ms,
                  bounds.http_connect_ms, bounds.timeout_ms_max),
          time_of(request, "readTimeOut", http_default_ms, bounds.http_read_ms,
                  bounds.timeout_ms_max)};
}

int64_t http_work_ms(const nlohmann::json& input, const work_times& bounds) {
  auto times = http_times_of(input, bounds);
  return times.connect_ms + times.read_ms + bounds.http_transfer_ms;
}

kafka_times kafka_times_of(const nlohmann::json& input,
                           const work_times& bounds) {
  using namespace work_time_detail;
  auto* request = object_at(input, "kafka_request");
  return {time_of(request, "requestTimeoutMs", bounds.kafka_request_ms,
                  bounds.kafka_request_ms, bounds.timeout_ms_max),
          time_of(request, "maxBlockMs", bounds.kafka_block_ms,
                  bounds.kafka_block_ms, bounds.timeout_ms_max)};
}

int64_t kafka_work_ms(const nlohmann::json& input, const work_times& bounds) {
  auto times = kafka_times_of(input, bounds);
  return times.request_ms + times.block_ms;
}

} // namespace tutti::engine
