#pragma once

#include "actors/directory/actor_directory.hpp"
#include "actors/limits/task_limits.hpp"
#include "actors/metrics/counters.hpp"
#include "actors/queue/poll_registry.hpp"
#include "actors/queue/queue_figures.hpp"
#include "actors/queue/queue_rows.hpp"
#include "actors/support/clock.hpp"
#include "actors/support/memory_budget.hpp"
#include "storage/readers.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tutti {

/// Settings of queues.
struct queue_settings {
  /// Waiting tasks of one queue in memory.
  size_t window_rows_max = 10'000;
  /// A poll gets no more tasks than this, whatever it asks for.
  size_t poll_tasks_max = 1'000;
  /// A poll gets no more when its tasks have this many bytes together; the
  /// others stay for the next poll.
  uint64_t poll_bytes_max = uint64_t{32} << 20;
  /// A task whose execution did not answer is offered again after this time.
  std::chrono::milliseconds hand_out_retry{1'000};
  /// Pause after a failed read of the store.
  std::chrono::milliseconds read_retry{1'000};
  /// A hand-out that is not recorded after this time is checked in the store.
  std::chrono::milliseconds hand_out_check{30'000};
  /// A queue that nobody used for this time is given up: its actor ends, and
  /// comes back from the store.
  std::chrono::milliseconds retire_after{600'000};
  /// The same when memory is tight, and how often that is looked at.
  std::chrono::milliseconds retire_after_when_tight{5'000};
  std::chrono::milliseconds memory_look{2'000};
  /// Queues without an actor get one with the first offer, unless it has tasks
  /// of more of them: those begin with their first poll.
  size_t started_by_offer_max = 64;
  /// How often polls are written at most; a crash loses later ones.
  std::chrono::milliseconds poll_data_write{5'000};
  /// With other nodes a poll waits at least so long: their tasks are a message
  /// away.
  std::chrono::milliseconds elsewhere_wait{50};
  /// Polls are remembered for this time.
  std::chrono::milliseconds poll_data_kept{24 * 3'600'000};
};

/// For operators.
struct queue_node_figures {
  std::atomic<int64_t> queues{0};
  std::atomic<uint64_t> given_up{0};

  std::vector<metric> metrics() const;
};

/// The queues of other nodes (polls_elsewhere.hpp). Called on the queues'
/// threads.
class queues_elsewhere {
 public:
  virtual ~queues_elsewhere() = default;
  /// Workers wait here for tasks of the queue.
  virtual void wanted(const std::string& queue) = 0;
  /// Nobody used the queue for a while.
  virtual void given_up(const std::string& queue) = 0;
  /// Does another node wait for tasks of the queue?
  virtual bool wants(const std::string& queue) const = 0;
  /// So many tasks of the queue are ready, and nobody waits here.
  virtual void ready(const std::string& queue, size_t count) = 0;
};

/// Shared by the queues of a node.
struct queue_context {
  queue_settings settings;
  std::shared_ptr<const tutti::clock> clock;
  std::shared_ptr<const memory_budget> memory; ///< null: no budget
  std::shared_ptr<const actor_directory> directory;
  storage::readers_pointer readers;
  std::shared_ptr<const queue_rows> rows;
  /// Queues that have rows when the node starts.
  std::vector<std::string> waiting;
  std::shared_ptr<poll_registry> polls;
  /// Called when a queue has a task for the first time; may be null.
  std::function<void(const std::string& queue)> appeared;
  std::shared_ptr<task_limits> limits; ///< null: nothing is limited
  std::shared_ptr<counters> metrics;   ///< null: no metrics
  /// Writes the rows of polls; null: they are not stored.
  std::function<void(storage::batch)> write;
  std::shared_ptr<queue_node_figures> figures; ///< null: nothing counts
  std::shared_ptr<queue_table> table;          ///< the same
  std::shared_ptr<queues_elsewhere> elsewhere; ///< null: no other nodes
};

using queue_context_pointer = std::shared_ptr<const queue_context>;

} // namespace tutti
