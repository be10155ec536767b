#include "actors/system_tasks/outbound/kafka_message.hpp"

#include "actors/system_tasks/outbound/task_input.hpp"
#include "messages/model/payload.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace tutti {

namespace kafka_message_detail {

using task_input::text_at;
using task_input::text_of;
using task_input::value_at;

template <class Integer>
std::optional<std::string> big_endian(const std::string& digits) {
  Integer value = 0;
  auto [end, error]
      = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  std::string out;
  for (int shift = int(sizeof(Integer) - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>((value >> shift) & 0xff);
  return out;
}

/// Conductor names Java classes; the last part of the name decides.
result<std::string> key_bytes(const std::string& serializer,
                              const std::string& key) {
  auto dot = serializer.rfind('.');
  auto kind = dot == serializer.npos ? serializer : serializer.substr(dot + 1);
  std::optional<std::string> out;
  if (kind.empty() || kind == "StringSerializer" || kind == "String")
    out = key;
  else if (kind == "IntegerSerializer" || kind == "Integer")
    out = big_endian<int32_t>(key);
  else if (kind == "LongSerializer" || kind == "Long")
    out = big_endian<int64_t>(key);
  else
    return failure{errc::invalid,
                   "'" + serializer
                       + "' is no key serializer: use StringSerializer, "
                         "IntegerSerializer or LongSerializer"};
  if (!out)
    return failure{errc::invalid,
                   "the key '" + key + "' does not fit its " + kind};
  return std::move(*out);
}

} // namespace kafka_message_detail

result<kafka_message> read_kafka_message(const nlohmann::json& input,
                                         const engine::work_times& bounds) {
  using namespace kafka_message_detail;
  auto invalid = [](std::string why) {
    return failure{errc::invalid, std::move(why)};
  };
  auto* request
      = input.is_object() ? value_at(input, "kafka_request") : nullptr;
  if (!request || !request->is_object())
    return invalid("Missing Kafka request: the input needs a 'kafka_request' "
                   "object");
  kafka_message out;
  out.servers = text_at(*request, "bootStrapServers");
  if (out.servers.empty())
    return invalid("No boot strap servers specified: 'kafka_request' needs "
                   "'bootStrapServers'");
  out.topic = text_at(*request, "topic");
  if (out.topic.empty())
    return invalid("Missing Kafka topic: 'kafka_request' needs a 'topic'");
  auto* value = value_at(*request, "value");
  if (!value)
    return invalid("Missing Kafka value: 'kafka_request' needs a 'value'");
  out.value = to_text(*value);
  if (auto* key = value_at(*request, "key")) {
    auto bytes = key_bytes(text_at(*request, "keySerializer"), text_of(*key));
    if (!bytes)
      return bytes.failure();
    out.key = std::move(*bytes);
  }
  if (auto* headers = value_at(*request, "headers")) {
    if (!headers->is_object())
      return invalid("'headers' of 'kafka_request' is not an object");
    for (auto& [name, header] : headers->items())
      if (!header.is_null())
        out.headers.emplace_back(name, text_of(header));
  }
  out.times = engine::kafka_times_of(input, bounds);
  return out;
}

} // namespace tutti
