#pragma once

#include "actors/schedules/schedules_context.hpp"
#include "actors/support/self_timer.hpp"
#include "messages/interfaces.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace tutti {

/// The schedules of one shard. Decides instants when they are due, writes what
/// it decided together with how far it has come, then starts executions; what
/// it does not hear of is done again, under the same ids. Starts with its first
/// `tick`.
struct schedules_state {
  static constexpr const char* name = "schedules";

  explicit schedules_state(schedules_actor::pointer self) : self(self) {}
  ~schedules_state();

  void save(envelope<save_schedule>& x);
  void remove(envelope<remove_schedule>& x);
  void control(envelope<control_schedule>& x);
  void set_tags(envelope<tag_schedule>& x);
  void read(envelope<read_schedule>& x);
  void list(envelope<list_schedules>& x);
  void search(envelope<search_firings>& x);
  void backfill(envelope<backfill_schedule>& x);
  void trigger(envelope<trigger_schedule>& x);
  void hold(const envelope<hold_schedules>& x);
  void start(const start_firings& x);
  void on_answered(const firing_answered& x);
  void on_ended(const scheduled_execution_ended& x);
  void on_asked(const schedule_asked& x);
  void look();
  void stop(const drain& x);

  schedules_actor::pointer self;
  schedules_context_pointer context;

 private:
  struct entry {
    active_schedule schedule;
    int64_t due = active_schedule::never; ///< its place in `order_`
    bool asking = false;                  ///< whether earlier executions run
    bool asked = false;                   ///< it knows
    bool stopping = false; ///< they are ended once that is durable
  };
  struct start_under_way {
    firing what;
    int attempts = 0;
  };
  struct loaded;

  const shard_context& shard() const { return *context->shard; }
  int64_t now() const { return shard().clock->now_ms(); }
  std::optional<failure> refusal() const;
  /// `then` when the rows are in memory, or with the reason why they cannot be
  /// read now. Who comes meanwhile waits.
  void when_loaded(std::function<void(const std::optional<failure>&)> then);
  void take_over(loaded rows);
  /// `then(entry&)`, or an answer that there is no such schedule.
  template <class Request, class Then>
  void with_schedule(envelope<Request>& x, Then then);

  void change(entry& of, schedule_def def, const reply<done>& answered);
  void begin_backfill(const envelope<backfill_schedule>& x,
                      const std::vector<int64_t>& fired);

  entry& insert(active_schedule what);
  void place(const std::string& name, entry& x);
  void displace(const std::string& name, entry& x);
  void ask_about_running(entry& x);
  void ask_for_buffered();
  std::function<void(const failure*)>
  stop_later(std::vector<std::string> names);
  void stop_executions(const active_schedule& of,
                       const std::vector<std::string>& ids);
  void arm();
  void prune();
  void prune_count(const std::string& name, entry& x);

  /// The rows of a step, and what follows when they are durable.
  void add_rows(storage::batch& to, const active_schedule& of,
                const schedule_step& what) const;
  void submit(storage::batch rows, std::vector<firing> starts,
              std::function<void(const failure* why)> told);
  template <class T>
  void commit(storage::batch rows, std::vector<firing> starts, reply<T> done,
              T answer) {
    submit(std::move(rows), std::move(starts),
           [done = std::move(done),
            answer = std::move(answer)](const failure* why) {
             done(why ? result<T>(*why) : result<T>(answer));
           });
  }
  /// A step of one schedule in a commit of its own.
  void commit(const entry& of, const schedule_step& what);
  void start_one(uint64_t number);
  void retry_due();
  void send_start(uint64_t number, command::start what,
                  std::optional<idempotency_strategy> strategy);

  std::unordered_map<std::string, entry> schedules_;
  std::set<std::pair<int64_t, std::string>> order_; ///< by due time
  std::map<uint64_t, start_under_way> starts_;
  std::set<std::pair<self_timer::instant, uint64_t>> retries_;
  uint64_t next_number_ = 1;
  self_timer timer_;
  self_timer::instant prune_at_ = {}, ask_again_ = {};
  bool loaded_ = false, held_ = false, draining_ = false;
};

schedules_actor::behavior_type
schedules(schedules_actor::stateful_pointer<schedules_state> self,
          schedules_context_pointer context);

} // namespace tutti
