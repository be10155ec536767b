#pragma once

#include "actors/jobs/jobs_context.hpp"
#include "storage/records_jobs.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// Executions per second, in groups: what was not used for a while is lost.
class job_rate {
 public:
  using instant = std::chrono::steady_clock::time_point;

  void set(int64_t per_second, instant now);
  /// How many may be begun now, at most `wanted`; 0: not yet, because they
  /// would be few. Takes them.
  size_t take(size_t wanted, instant now);
  /// When `take` will give some.
  instant next(size_t wanted, instant now) const;

 private:
  void refill(instant now);
  double group(size_t wanted) const;

  double per_second_ = 1, tokens_ = 0;
  instant refilled_;
};

/// One execution of the window under way.
struct job_item {
  enum class phase : uint8_t {
    waiting, ///< not sent yet
    sent,
    pausing, ///< was not available; sent again at `at`, if it was not done
    asking,  ///< the store is asked whether it was done
    ended,
  };
  enum class outcome : uint8_t {
    done,
    failed,
    skipped, ///< its state, or its absence, forbids the action
    none,    ///< the job was cancelled before
  };

  std::string id;
  phase now = phase::waiting;
  job_rate::instant at = {}; ///< of the sending, or of the next attempt
  uint32_t attempts = 0;
  /// It may have been sent before: an outcome that says so counts as done.
  bool repeated = false;
  outcome became = outcome::done;
  std::optional<failure> why = {};
};

/// A job in memory.
struct live_job {
  std::string id;
  storage::stored_job now;          ///< what was handed to the store last
  storage::stored_job told;         ///< what is durable
  std::optional<job_action> action; ///< none: ended, or it makes no sense

  job_rate rate;
  bool asking_ids = false; ///< the search or the store reads ids
  bool preparing = false;  ///< the intent of a window is not durable yet
  job_rate::instant again_at = {}; ///< not before: a read failed
  /// Ids of the row `ids_of`.
  std::vector<std::string> ids;
  std::optional<uint32_t> ids_of;
  uint64_t window = 0; ///< counts windows, so that late answers are known
  std::vector<job_item> items;
  size_t next_item = 0, under_way = 0, ended = 0;

  bool ends() const { return storage::has_ended(now.status); }
};

/// The job as JSON (reference:jobs#job).
std::string render_job(const live_job& x);

} // namespace tutti
