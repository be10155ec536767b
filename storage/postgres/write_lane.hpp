#pragma once

#include "storage/commit_figures.hpp"
#include "storage/feed_listeners.hpp"
#include "storage/postgres/byte_budget.hpp"
#include "storage/postgres/lane_link.hpp"
#include "storage/postgres/lane_shard.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace tutti::storage::postgres {

/// Writes the commits of some neighbouring shards: a thread and a connection.
/// What waits becomes one group; the next group is sent while the one before it
/// is being synced. While the database is away commits wait.
class write_lane {
 public:
  struct settings {
    std::string url;
    connect_options connect;
    uint32_t first_shard = 0;
    size_t group_bytes = size_t{4} << 20;
    size_t commit_bytes_max = default_commit_bytes_max;
    /// Called from the lane's thread with sentences for the operator.
    std::function<void(const std::string&)> told = {};
    /// Null: nothing counts.
    std::shared_ptr<commit_figures> counts = {};
  };
  struct figures {
    uint64_t commits = 0; ///< written
    uint64_t fenced = 0;
    uint64_t refused = 0;
    uint64_t groups = 0;     ///< transactions
    uint64_t statements = 0; ///< of all kinds
    uint64_t repeated = 0;   ///< groups that were sent again
    uint64_t connects = 0;
  };

  /// `heads`: of its shards, from `first_shard` on, as stored.
  write_lane(settings how, std::vector<shard_head> heads, byte_budget& waiting,
             const feed_listeners& listeners);
  /// Writes what waits; when the database is away, gives up.
  ~write_lane();
  write_lane(const write_lane&) = delete;
  write_lane& operator=(const write_lane&) = delete;

  void submit(commit what, std::function<void(outcome)> finished);
  /// Called in turn, like the answer of a commit to that shard.
  void reach(uint32_t shard, std::function<void()> finished);
  /// Answers with what was decided before.
  void answer(uint32_t shard, std::function<void(outcome)> finished,
              outcome what);

  /// What the database says, after an acquisition: earlier owners' commits are
  /// fenced from here on, and the feed goes on where they ended.
  void acquired(uint32_t shard, const shard_head& now);

  uint64_t feed_end(uint32_t shard) const {
    return feed_ends_[shard - how_.first_shard];
  }

  figures count() const;
  /// What it waits for, or why it takes no more commits; empty: all is well.
  std::string trouble() const;

 private:
  using instant = std::chrono::steady_clock::time_point;
  struct pending {
    commit what;
    std::function<void(outcome)> finished;
    outcome decided;
    bool writes = false;
    instant since = {};
  };
  struct late_answer {
    std::function<void(outcome)> finished;
    outcome what;
  };

  void push(pending x);
  void run();
  void connect(instant now);
  bool take_waiting();
  bool next_group(shard_groups& out);
  bool add_next(shard_groups& out);
  void repeat_first(shard_groups& out);
  void send(shard_groups parts);
  void receive();
  void replied(shard_groups parts, const lane_link::reply& got);
  void undone(shard_groups parts, const lane_link::reply& got);
  void settle();
  void settle(uint32_t shard, const shard_head& now);
  void lost(const std::string& why);
  void working();
  void fail(const std::string& why);
  void finish(std::unique_ptr<shard_group> part, const outcome& how);
  void call(const std::function<void(outcome)>& finished, const outcome& what);
  bool is_held(uint32_t shard) const;
  void wait(instant now);
  void pause(instant now, instant& until);

  lane_shard& state_of(uint32_t shard) {
    return shards_[shard - how_.first_shard];
  }

  const settings how_;
  byte_budget& budget_;
  const feed_listeners& listeners_;
  const int wake_;

  mutable std::mutex mutex_;
  std::deque<pending> queue_;
  figures count_;
  std::string failure_;
  std::string away_; ///< why; empty: it is there
  instant away_since_{};
  bool idle_ = false, stop_ = false;

  std::vector<std::atomic<uint64_t>> known_epochs_, feed_ends_;

  // Of the lane's thread.
  std::optional<lane_link> link_;
  std::vector<lane_shard> shards_;
  std::deque<pending> taken_; ///< off the queue, not in a group yet
  std::deque<shard_groups> in_flight_;
  std::map<uint32_t, uint64_t> stale_; ///< shards whose head must be read
  shard_groups unresolved_;            ///< sent; what became of them is asked
  shard_groups again_;                 ///< to be sent again, in this order
  std::vector<late_answer> late_;
  instant next_attempt_{}, deadline_{};
  std::chrono::milliseconds pause_{0};
  bool must_settle_ = false, failed_ = false;

  std::thread thread_; ///< last
};

} // namespace tutti::storage::postgres
