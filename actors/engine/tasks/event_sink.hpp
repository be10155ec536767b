#pragma once

#include "messages/model/result.hpp"

#include <string>
#include <string_view>

namespace tutti::engine {

class decision_builder;

/// Where an EVENT task sends to (reference:event#sinks).
struct event_sink {
  std::string provider; ///< "conductor", "kafka", ...
  std::string queue;    ///< what follows the first colon
  std::string text() const { return provider + ':' + queue; }
};

/// `sink` is the task's, with its expressions resolved.
result<event_sink> expand_sink(std::string_view sink,
                               std::string_view workflow_name,
                               std::string_view reference_name);

/// The same for a sink that is to be used now: errc::unavailable when nobody
/// serves it.
result<event_sink> usable_sink(const decision_builder& t, std::string_view sink,
                               std::string_view reference_name);

} // namespace tutti::engine
