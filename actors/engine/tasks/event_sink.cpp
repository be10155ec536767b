#include "actors/engine/tasks/event_sink.hpp"

#include "actors/engine/decision/decision_builder.hpp"

#include <algorithm>

namespace tutti::engine {

namespace event_sink_detail {

constexpr std::string_view internal = "conductor";

constexpr std::string_view providers[]
    = {"conductor",   "sqs",        "kafka",         "nats", "jsm",
       "nats_stream", "amqp_queue", "amqp_exchange", "amqp"};

} // namespace event_sink_detail

result<event_sink> expand_sink(std::string_view sink,
                               std::string_view workflow_name,
                               std::string_view reference_name) {
  using namespace event_sink_detail;
  auto own = [&](std::string_view name) {
    return event_sink{std::string(internal),
                      std::string(workflow_name) + ':' + std::string(name)};
  };
  if (sink == internal)
    return own(reference_name);
  auto colon = sink.find(':');
  auto provider = sink.substr(0, colon);
  if (sink.starts_with(internal) && provider != internal)
    return failure{errc::invalid, "Invalid / Unsupported sink specified: "
                                      + std::string(sink)};
  if (colon == sink.npos || colon + 1 == sink.size())
    return failure{errc::invalid, "Illegal event " + std::string(sink)
                                      + ": it has to be <provider>:<queue>"};
  if (provider == internal)
    return own(sink.substr(colon + 1));
  if (std::ranges::find(providers, provider) == std::end(providers))
    return failure{errc::invalid,
                   "Unknown queue type " + std::string(provider)};
  return event_sink{std::string(provider), std::string(sink.substr(colon + 1))};
}

namespace event_sink_detail {

/// Why that queue cannot take a message now; nothing: it can.
std::optional<std::string> refusal(const event_sinks* known,
                                   const event_sink& to) {
  if (known && known->dry_run)
    return std::nullopt;
  if (known && known->providers.contains(to.provider))
    return std::nullopt;
  if (to.provider != internal)
    return "sink provider '" + to.provider + "' is not configured";
  if (!known || !known->full.contains(to.queue))
    return std::nullopt;
  return "event queue '" + to.text() + "' is full: it holds "
         + std::to_string(known->messages_max)
         + " messages that nobody has acknowledged (events.queue_messages_max)";
}

} // namespace event_sink_detail

result<event_sink> usable_sink(const decision_builder& t, std::string_view sink,
                               std::string_view reference_name) {
  auto out = expand_sink(sink, t.head().definition->name, reference_name);
  if (!out)
    return out;
  if (auto refused = event_sink_detail::refusal(t.context().sinks, *out))
    return failure{errc::unavailable, std::move(*refused)};
  return out;
}

} // namespace tutti::engine
