#pragma once

#include "actors/limits/rate_window.hpp"
#include "actors/support/clock.hpp"
#include "messages/interfaces.hpp"
#include "messages/model/definition_source.hpp"
#include "storage/store.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace tutti {

/// May this task be handed out now?
struct limit_verdict {
  bool granted = true;
  /// A limit was asked: the hand-out is to be durable before it is answered.
  bool limited = false;
  /// The task held its slot already (an earlier hand-out is under way).
  bool held_before = false;
  /// Granted by a rate limit: see command::hand_out.
  int64_t granted_at = 0;
  uint32_t slot = 0;
  /// Refused, because what is stored about the definition is not known yet: it
  /// is to be read (`task_limits::read`), told (`learn`), and asked again.
  bool unknown = false;
  /// Refused by a rate limit: the window has room again at this instant. 0:
  /// somebody will be told when there is (`limit_eased`).
  int64_t retry_at = 0;
};

/// What an operator is shown of the limits of one task definition.
struct limit_picture {
  std::string definition;
  task_limit limit;
  size_t in_progress = 0;
  std::optional<size_t> slots_left, grants_left;
  /// When the rate limit grants again, 0: it does now, or there is none.
  int64_t next_grant_at = 0;
  /// The longest held leases.
  std::vector<task_lease> holders;
};

/// The limits of all task definitions of a node
/// (reference:task-definition#limits). Queues ask before they hand a task out,
/// executions tell when a row is IN_PROGRESS no more, and that is durable.
/// Thread safe: a question costs a look-up, not a message.
///
/// Who counts is derived from the leases: what is in the store, read before the
/// first answer about a limited definition, and what was granted since. So a
/// crash can neither free nor lose a slot.
class task_limits {
 public:
  using definitions = std::function<std::shared_ptr<const definition_source>()>;

  task_limits(std::shared_ptr<const tutti::clock> clock,
              definitions registered);
  ~task_limits();

  /// Told, on any thread, which queues may try again. Set before the first
  /// question.
  void when_eased(std::function<void(limit_eased)> tell);

  /// What the store says about one definition.
  struct stored {
    std::vector<task_lease> leases;
    std::vector<rate_window::grant> grants;
  };
  /// For threads that may wait.
  static result<stored> read(const storage::store& from,
                             const std::string& definition);
  /// What came of a read that an `unknown` verdict asked for.
  void learn(const std::string& definition, result<stored> found);

  /// Takes a slot for the task, which `limited_by` a definition.
  limit_verdict acquire(const waiting_task& x);
  /// The execution wrote that the worker has it.
  void taken(const std::string& definition, const std::string& task_id);
  /// The hand-out came to nothing: neither limit counts it, unless the
  /// execution wrote that it did not.
  void give_back(const std::string& definition, const std::string& task_id);
  /// The worker does not have it any more, durably.
  void ended(const std::string& definition, const std::string& task_id);

  /// `own`: what holds while nothing is registered under the name. For threads
  /// that may wait.
  result<limit_picture> look(const storage::store& from,
                             const std::string& definition, task_limit own,
                             size_t holders_max) const;
  /// What is registered now, else `own`.
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
