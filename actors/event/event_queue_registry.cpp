#include "actors/event/event_queue_registry.hpp"

namespace tutti {

result<done> event_queue_registry::load(const storage::store& from) {
  event_queue_rows rows(from);
  auto names = rows.names();
  if (!names)
    return std::move(names).failure();
  for (auto& name : *names) {
    auto messages = rows.count(name, messages_max_);
    if (!messages)
      return std::move(messages).failure();
    counted(name, *messages);
  }
  return done{};
}

std::shared_ptr<const engine::event_sinks> event_queue_registry::sinks() const {
  std::lock_guard guard(mutex_);
  return sinks_;
}

void event_queue_registry::published(const std::string& queue) {
  std::lock_guard guard(mutex_);
  auto it = lengths_.find(queue);
  set(queue, it == lengths_.end() ? 1 : it->second + 1);
}

void event_queue_registry::taken_out(const std::string& queue) {
  std::lock_guard guard(mutex_);
  if (auto it = lengths_.find(queue); it != lengths_.end())
    set(queue, it->second - 1);
}

std::vector<std::string> event_queue_registry::full() const {
  auto known = sinks();
  return {known->full.begin(), known->full.end()};
}

void event_queue_registry::counted(const std::string& queue, size_t messages) {
  std::lock_guard guard(mutex_);
  set(queue, messages);
}

void event_queue_registry::set(const std::string& queue, size_t messages) {
  if (messages > 0)
    lengths_[queue] = messages;
  else
    lengths_.erase(queue);
  bool full = messages >= messages_max_;
  if (full == sinks_->full.contains(queue))
    return;
  auto next = std::make_shared<engine::event_sinks>(*sinks_);
  if (full)
    next->full.insert(queue);
  else
    next->full.erase(queue);
  sinks_ = std::move(next);
}

} // namespace tutti
