#pragma once

#include "actors/engine/decider.hpp"
#include "actors/event/event_queue_rows.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tutti {

/// Which event queues may take a message. Lengths are counted in the store when
/// the node starts, and here from then on. Decisions are given a snapshot and
/// ask nobody. Thread safe.
class event_queue_registry {
 public:
  /// `providers`: of other systems (`message_sinks::providers`).
  explicit event_queue_registry(size_t messages_max,
                                std::set<std::string, std::less<>> providers
                                = {})
      : messages_max_(messages_max),
        sinks_(std::make_shared<const engine::event_sinks>(engine::event_sinks{
            .messages_max = messages_max, .providers = std::move(providers)})) {
  }

  /// Counts every queue, up to its bound. Call it before any other use.
  result<done> load(const storage::store& from);

  /// A snapshot for decisions. A new one is made only when a queue becomes
  /// full, or is no longer full.
  std::shared_ptr<const engine::event_sinks> sinks() const;

  void published(const std::string& queue);
  void taken_out(const std::string& queue);

  /// Full queues, to be recounted in the store. Messages published or
  /// acknowledged meanwhile may be missed: the bound is soft.
  std::vector<std::string> full() const;
  void counted(const std::string& queue, size_t messages);
  size_t messages_max() const { return messages_max_; }

 private:
  /// Under the lock.
  void set(const std::string& queue, size_t messages);

  const size_t messages_max_;
  mutable std::mutex mutex_;
  std::map<std::string, size_t, std::less<>> lengths_; ///< none is 0
  std::shared_ptr<const engine::event_sinks> sinks_;
};

} // namespace tutti
