#pragma once

#include "actors/engine/decider.hpp"
#include "actors/event/event_queue_rows.hpp"

#include <chrono>
#include <map>
#include <mutex>

namespace tutti {

/// Which event queues may take a message. Lengths are counted here instead of
/// in the store, and the store is asked when a queue is used first or seems
/// full. Thread safe: decisions of all executions read it.
class event_queue_registry final : public engine::event_sinks {
 public:
  event_queue_registry(std::shared_ptr<const storage::store> store,
                       size_t messages_max)
      : rows_(std::move(store)), messages_max_(messages_max) {}

  std::optional<std::string> refusal(std::string_view provider,
                                     std::string_view queue) const override;

  void published(const std::string& queue);
  void taken_out(const std::string& queue);

  const event_queue_rows& rows() const { return rows_; }

 private:
  using clock = std::chrono::steady_clock;
  struct length {
    size_t messages = 0;
    clock::time_point counted;
  };

  event_queue_rows rows_;
  const size_t messages_max_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, length, std::less<>> lengths_;
};

} // namespace tutti
