#pragma once

#include "actors/engine/tasks/work_time.hpp"
#include "messages/model/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tutti {

/// The message of a KAFKA_PUBLISH task (reference:kafka-publish), as bytes.
struct kafka_message {
  std::string servers, topic, value;
  std::optional<std::string> key;
  std::vector<std::pair<std::string, std::string>> headers;
  engine::kafka_times times;
};

/// errc::invalid with a sentence when the input is not a message.
result<kafka_message> read_kafka_message(const nlohmann::json& input,
                                         const engine::work_times& bounds);

} // namespace tutti
