#pragma once

#include "actors/limits/rate_window.hpp"
#include "actors/support/clock.hpp"
#include "messages/interfaces.hpp"
#include "messages/model/definition_source.hpp"
#include "storage/store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace tutti {

/// The answer whether a task may be handed out now.
struct limit_verdict {
  bool granted = true;
  /// A limit counts the task: the hand-out must be durable before it is
  /// answered.
  bool limited = false;
  /// The task has a slot already, from an earlier hand-out.
  bool held_before = false;
  /// Granted by a rate limit: see command::hand_out.
  int64_t granted_at = 0;
  uint32_t slot = 0;
  /// Refused, because the stored leases of the definition are not known yet:
  /// read them (`task_limits::read`), pass them on (`learn`), and ask again.
  bool unknown = false;
  /// Refused by a rate limit: the window has room at this instant. 0:
  /// `limit_eased` will be sent.
  int64_t retry_at = 0;
};

/// The limits of one task definition as operators see them.
struct limit_picture {
  std::string definition;
  task_limit limit;
  size_t in_progress = 0;
  std::optional<size_t> slots_left, grants_left;
  /// When the rate limit grants again; 0: now, or there is none.
  int64_t next_grant_at = 0;
  /// The leases held longest.
  std::vector<task_lease> holders;
};

/// The limits of all task definitions of a node
/// (reference:task-definition#limits). Queues ask before a hand-out; executions
/// tell when a row is durably no longer IN_PROGRESS. Thread safe: a question
/// costs a lookup, not a message.
///
/// Counts are derived from the leases: those in the store, read before the
/// first answer about a limited definition, and the grants since. So a crash
/// neither frees nor loses a slot.
class task_limits {
 public:
  using definitions = std::function<std::shared_ptr<const definition_source>()>;

  task_limits(std::shared_ptr<const tutti::clock> clock,
              definitions registered);
  ~task_limits();

  /// Called on any thread with queues that may ask again. Set it before the
  /// first question.
  void when_eased(std::function<void(limit_eased)> tell);

  /// The stored leases and grants of one definition.
  struct stored {
    std::vector<task_lease> leases;
    std::vector<rate_window::grant> grants;
  };
  /// For threads that may block.
  static result<stored> read(const storage::store& from,
                             const std::string& definition);
  /// The result of the read that an `unknown` verdict requires.
  void learn(const std::string& definition, result<stored> found);

  /// Takes a slot of `limited_by` for the task.
  limit_verdict acquire(const waiting_task& x);
  /// The execution has recorded that the worker holds the task.
  void taken(const std::string& definition, const std::string& task_id);
  /// The task was not handed out: returns its slot and grant, unless the
  /// execution has recorded the hand-out.
  void give_back(const std::string& definition, const std::string& task_id);
  /// The worker durably no longer holds the task.
  void ended(const std::string& definition, const std::string& task_id);

  /// `own`: the limits used while no definition is registered under the name.
  /// For threads that may block.
  result<limit_picture> look(const storage::store& from,
                             const std::string& definition, task_limit own,
                             size_t holders_max) const;
  /// Tasks in the hands of workers, by the definition that limits them.
  std::map<std::string, size_t> in_progress() const;
  /// The registered definition's limits, otherwise `own`.
  task_limit limit_now(const std::string& definition, task_limit own) const;

 private:
  struct limiter;
  limiter& limiter_of(const std::string& definition) const;
  void tell(const std::string& definition,
            std::vector<std::string> queues) const;

  std::shared_ptr<const tutti::clock> clock_;
  definitions registered_;
  std::function<void(limit_eased)> eased_;
  mutable std::shared_mutex mutex_;
  mutable std::unordered_map<std::string, std::unique_ptr<limiter>> limiters_;
};

} // namespace tutti
