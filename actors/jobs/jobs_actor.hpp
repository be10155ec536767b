#pragma once

#include "actors/jobs/live_job.hpp"
#include "actors/support/self_timer.hpp"
#include "messages/interfaces.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tutti {

/// The jobs whose ids lead to one shard. A job first takes the ids that its
/// query finds, chunk by chunk, each stored with the cursor behind it. Then it
/// goes through them in windows: the window is stored as under way, its
/// commands are sent, their outcomes are stored. After a crash the executions
/// of the window under way are asked for a revision by the job before the
/// command is repeated, so that each is done once.
struct jobs_state {
  static constexpr const char* name = "jobs";

  void create(envelope<create_job>& x);
  void read(envelope<read_job>& x);
  void list(const envelope<list_jobs>& x);
  void control(envelope<control_job>& x);
  void errors(const envelope<read_job_errors>& x);
  /// The first one reads the stored jobs.
  void look();
  void stop(drain& x);

  jobs_actor::pointer self;
  jobs_context_pointer context;
  uint32_t shard = 0;

 private:
  using instant = job_rate::instant;

  /// `then` gets the reason when the jobs cannot be read now. Who comes
  /// meanwhile waits.
  template <class Then>
  void when_loaded(Then then);
  void take_over(std::vector<std::pair<std::string, storage::stored_job>> all);
  std::optional<failure> refusal(const create_job& what) const;

  void repeated(live_job& x, const envelope<create_job>& again);
  live_job* find(const std::string& id);
  /// What is next for the job, unless something is under way.
  void step(live_job& x);

  // The ids (job_ids.cpp)
  void collect(live_job& x);
  void take_ids(live_job& x, result<found_executions> found);
  void read_chunk(live_job& x);
  /// Reads the executions of a window that an earlier life left behind, and
  /// which of them it has changed.
  void resume_window(live_job& x);

  // Windows (job_windows.cpp)
  void begin_window(live_job& x);
  void open_window(live_job& x);
  /// Its intent is durable.
  void enter_window(live_job& x);
  /// How many of the next ids the rate allows now.
  size_t plan(live_job& x);
  void send_next(live_job& x);
  void send(live_job& x, size_t item);
  void answered(const std::string& job, uint64_t window, size_t item,
                result<answer> got);
  void ask_whether_done(live_job& x, size_t item);
  void ask_whether_revived(live_job& x, size_t item, failure otherwise);
  void end_item(live_job& x, size_t item, job_item::outcome became,
                std::optional<failure> why = {});
  void close_window(live_job& x);
  /// Items whose pause or patience is over.
  void look_at_items(live_job& x);
  /// Those that were not sent leave the window.
  void cut_window(live_job& x);

  void end(live_job& x, storage::job_status how, std::string reason = {});
  /// Stores the job with these rows. `durable` runs when they are.
  void write(live_job& x, storage::batch rows, std::function<void()> durable);
  void wake_at(instant at);
  void forget_old();
  void finish_drain();
  instant now() const;

  std::map<std::string, live_job> jobs_;
  self_timer self_timer_;
  instant forget_at_ = {};
  std::vector<reply<done>> drained_;
  bool loaded_ = false, draining_ = false;
  bool failed_ = false; ///< a write failed: nothing more is done
};

jobs_actor::behavior_type jobs(jobs_actor::stateful_pointer<jobs_state> self,
                               jobs_context_pointer context, uint32_t shard);

} // namespace tutti
