#include "actors/event/event_queue_registry.hpp"

namespace tutti {

namespace event_queue_registry_detail {

/// A full queue is not counted for every message that it refuses.
constexpr std::chrono::seconds count_again{1};

} // namespace event_queue_registry_detail

std::optional<std::string>
event_queue_registry::refusal(std::string_view provider,
                              std::string_view queue) const {
  if (provider != "conductor")
    return "sink provider '" + std::string(provider) + "' is not configured";
  std::lock_guard guard(mutex_);
  auto it = lengths_.find(queue);
  auto now = clock::now();
  bool unknown = it == lengths_.end();
  if (unknown)
    it = lengths_.emplace(std::string(queue), length{}).first;
  auto& known = it->second;
  if (unknown
      || (known.messages >= messages_max_
          && now - known.counted >= event_queue_registry_detail::count_again)) {
    known.messages = rows_.count(it->first, messages_max_);
    known.counted = now;
  }
  if (known.messages < messages_max_)
    return std::nullopt;
  return "event queue 'conductor:" + it->first + "' is full: it holds "
         + std::to_string(messages_max_)
         + " messages that nobody has acknowledged (events.queue_messages_max)";
}

void event_queue_registry::published(const std::string& queue) {
  std::lock_guard guard(mutex_);
  if (auto it = lengths_.find(queue); it != lengths_.end())
    ++it->second.messages;
}

void event_queue_registry::taken_out(const std::string& queue) {
  std::lock_guard guard(mutex_);
  if (auto it = lengths_.find(queue);
      it != lengths_.end() && it->second.messages > 0)
    --it->second.messages;
}

} // namespace tutti
