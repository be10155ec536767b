#pragma once

#include "messages/model/schedules/schedule_times.hpp"
#include "messages/requests/answers.hpp"
#include "storage/records_schedules.hpp"

#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace tutti {

/// The node's rules about instants that have passed.
struct catchup_rules {
  /// An instant that is later than this was missed.
  int64_t grace_ms = 10'000;
  /// Of a schedule that names none.
  int64_t window_ms = int64_t{365} * 86'400'000;
  /// The most recent instants that are made up for; earlier ones are missed.
  size_t instants_max = 1'000;
  /// Missed instants are counted one by one up to this number.
  size_t counted_max = 10'000;
};

/// What one step of a schedule changes. Firings that have begun are rows
/// before anybody hears of them.
struct schedule_step {
  std::vector<firing> begun; ///< outcome waiting: to be started; or buffered
  std::vector<firing> ended; ///< replace the rows of begun ones
  bool changed = false;      ///< the state
};

/// One schedule: its definition, how far it has come, and what it decides. No
/// clock, no store, no actor.
class active_schedule {
 public:
  static constexpr int64_t never = std::numeric_limits<int64_t>::max();
  using definition = std::shared_ptr<const schedule_def>;

  /// Fails when an expression or a zone is unknown here.
  static result<active_schedule> make(definition what,
                                      storage::schedule_state state);
  /// A schedule that begins now.
  static result<active_schedule> create(definition what, int64_t now);

  const schedule_def& what() const { return *what_; }
  const definition& shared() const { return what_; }
  const storage::schedule_state& state() const { return state_; }
  const schedule_times& times() const { return times_; }

  /// Another definition. Instants that passed while it was paused, or under
  /// other expressions, are not missed.
  std::optional<failure> change(definition what, int64_t now);

  /// When `fire_due` has something to do; `never`: not by itself.
  int64_t due() const;
  /// The next instant, as clients see it; `never`: none.
  int64_t next_instant() const { return what_->paused ? never : next_; }

  /// Whether it matters now if executions of earlier instants still run: then
  /// the caller asks them, and tells `execution_ended`, before `fire_due`.
  bool must_ask() const;

  /// Decides the instants that are due, `most` at a time.
  void fire_due(int64_t now, const catchup_rules& rules, size_t most,
                schedule_step& out);
  firing trigger(int64_t now, schedule_step& out);
  /// Instants to be fired, in order; those that wait already are left out.
  size_t add_backfill(const std::vector<int64_t>& instants);

  /// The answer to the start of a firing.
  void answered(firing x, const result<started>& how, int64_t now,
                schedule_step& out);
  void execution_ended(const std::string& workflow_id, int64_t now,
                       schedule_step& out);
  /// The firing that waits for an end, if there is one.
  std::optional<firing> buffered() const;
  /// Running executions whose start was answered: others cannot be asked or
  /// ended yet.
  std::vector<std::string> settled() const;
  /// Those of them that must end before the buffered one starts.
  std::vector<std::string> to_be_stopped() const;
  /// After a restart: a firing that has begun and is not answered.
  void start_under_way(const firing& x) { starting_.insert(x.workflow_id); }
  void rows_erased(int64_t left) { state_.rows = left; }

 private:
  active_schedule(definition what, schedule_times times,
                  storage::schedule_state state);

  void find_next();
  int64_t due_of(int64_t instant) const;
  /// Later instants than this are not missed yet.
  std::optional<int64_t> last_missable(int64_t now,
                                       const catchup_rules& rules) const;
  int64_t first_made_up_for(int64_t last, int64_t now,
                            const catchup_rules& rules) const;
  void miss(int64_t end, const catchup_rules& rules, int64_t now,
            schedule_step& out);
  firing make(int64_t instant, firing_cause cause, int64_t now) const;
  void begin(firing x, schedule_step& out);
  void fire(int64_t instant, int64_t now, schedule_step& out);
  void finish(firing x, schedule_step& out);
  void begin_buffered(int64_t now, schedule_step& out);
  bool tracks() const { return what_->overlap != overlap_policy::allow_all; }

  definition what_;
  schedule_times times_;
  storage::schedule_state state_;
  int64_t next_ = never;
  std::set<std::string> starting_; ///< executions whose start is under way
};

} // namespace tutti
