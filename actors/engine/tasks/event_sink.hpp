#pragma once

#include "messages/model/result.hpp"

#include <string>
#include <string_view>

namespace tutti::engine {

class decision_builder;

/// The sink of an EVENT task (reference:event#sinks).
struct event_sink {
  std::string provider; ///< "conductor", "kafka", ...
  std::string queue;    ///< the text after the first colon
  std::string text() const { return provider + ':' + queue; }
  /// As `publish_message::provider` says it.
  std::string other_system() const {
    return provider == "conductor" ? std::string() : provider;
  }
};

/// `sink` is the task's, resolved.
result<event_sink> expand_sink(std::string_view sink,
                               std::string_view workflow_name,
                               std::string_view reference_name);

/// The same for immediate use: errc::unavailable when the provider is not
/// configured.
result<event_sink> usable_sink(const decision_builder& t, std::string_view sink,
                               std::string_view reference_name);

} // namespace tutti::engine
