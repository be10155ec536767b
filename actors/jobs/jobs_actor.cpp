#include "actors/jobs/jobs_actor.hpp"

#include "actors/jobs/job_preview.hpp"
#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
#include "actors/support/reply_here.hpp"
#include "messages/requests/request_bounds.hpp"
#include "storage/keys.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace tutti {

namespace jobs_actor_detail {

namespace keys = storage::keys;
using namespace std::chrono_literals;
using storage::job_status;
using storage::operation;

constexpr std::chrono::milliseconds load_pause = 1s, forget_pause = 1min;
/// Errors of one answer.
constexpr int64_t errors_page_max = 1'000;

using stored_jobs = std::vector<std::pair<std::string, storage::stored_job>>;

failure unknown_job(const std::string& id) {
  return {errc::not_found, "there is no job " + id};
}

result<stored_jobs> read_jobs(const storage::store& from, uint32_t shard) {
  stored_jobs out;
  auto prefix = keys::all_jobs();
  auto visit = [&](std::string_view key, std::string_view record) {
    auto job = storage::read_job(record);
    key.remove_prefix(prefix.size());
    if (job && !key.empty())
      out.emplace_back(key.substr(0, key.size() - 1), *std::move(job));
    else
      spdlog::error("shard {}: a job cannot be read", shard);
    return true;
  };
  auto read = from.scan(shard, prefix, keys::after(prefix), visit);
  if (!read)
    return std::move(read).failure();
  return out;
}

result<document> errors_page(const storage::store& from, uint32_t shard,
                             const read_job_errors& what) {
  auto prefix = keys::errors_of_job(what.id);
  auto most = std::clamp<int64_t>(what.count, 0, errors_page_max);
  auto start = uint64_t(std::max<int64_t>(what.start, 0));
  document out;
  auto list = nlohmann::json::array();
  std::optional<failure> broken;
  auto visit = [&](std::string_view, std::string_view record) {
    if (int64_t(list.size()) == most) {
      out.next = int64_t(start) + most;
      return false;
    }
    auto x = storage::read_job_error(record);
    if (!x) {
      broken = std::move(x).failure();
      return false;
    }
    list.push_back({{"workflowId", x->workflow_id},
                    {"outcome", x->skipped ? "SKIPPED" : "FAILED"},
                    {"reason", x->message},
                    {"time", x->at}});
    return true;
  };
  auto read = from.scan(shard, keys::job_error(what.id, start),
                        keys::after(prefix), visit);
  if (broken)
    return *broken;
  if (!read)
    return std::move(read).failure();
  out.text = to_text(list);
  return out;
}

bool is_shown_as(const live_job& x, std::string_view status) {
  return status.empty() || status == to_text(x.told.status)
         || (status == "COLLECTING" && x.told.status == job_status::running
             && !x.told.collected);
}

} // namespace jobs_actor_detail

using namespace jobs_actor_detail;

jobs_state::instant jobs_state::now() const { return self->clock().now(); }

live_job* jobs_state::find(const std::string& id) {
  auto it = jobs_.find(id);
  return it == jobs_.end() ? nullptr : &it->second;
}

template <class Then>
void jobs_state::when_loaded(Then then) {
  if (loaded_)
    return then(std::optional<failure>());
  auto work = [shard = shard](const storage::store& from) {
    return read_jobs(from, shard);
  };
  read_first<stored_jobs>(
      self, *context->readers, std::move(work),
      [this, then = std::move(then)](result<stored_jobs> rows) mutable {
        guarded_call("jobs", [&] {
          if (!rows)
            return then(std::optional(std::move(rows).failure()));
          if (!loaded_)
            take_over(*std::move(rows));
          then(std::optional<failure>());
        });
      });
}

void jobs_state::take_over(stored_jobs all) {
  loaded_ = true;
  for (auto& [id, stored] : all) {
    auto& job = jobs_[id];
    job.id = id;
    job.now = std::move(stored);
    job.told = job.now;
    if (!job.ends())
      ++context->figures->active;
    bool open = job.now.position < job.now.window_end;
    if (job.ends() && !open)
      continue;
    auto action = job_action_of(job.now.action, job.now.arguments);
    if (action) {
      job.action = *std::move(action);
      job.rate.set(job.now.rate, now());
      step(job);
    } else if (!job.ends()) {
      end(job, job_status::failed, action.failure().message);
      write(job, {}, [] {});
    }
  }
}

// Requests

std::optional<failure> jobs_state::refusal(const create_job& what) const {
  auto& by = context->settings;
  if (draining_ || failed_)
    return failure{errc::unavailable, "the node is stopping"};
  if (!context->find)
    return failure{errc::unavailable,
                   "this node has no search index (index.enabled)"};
  if (auto why = check_order(what.what, by))
    return why;
  if (context->figures->active >= by.active_max) {
    if (context->reached)
      context->reached->add(bounds::jobs_active);
    return failure{errc::too_many,
                   sentence_of(bounds::jobs_active,
                               context->figures->active + 1, by.active_max)};
  }
  return std::nullopt;
}

void jobs_state::create(envelope<create_job>& x) {
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      return x.done(*no);
    if (auto* known = find(x.request.id))
      return repeated(*known, x);
    if (auto why = refusal(x.request))
      return x.done(std::move(*why));
    auto& order = x.request.what;
    auto& job = jobs_[x.request.id];
    job.id = x.request.id;
    job.now.query = order.query;
    job.now.free_text = order.free_text;
    job.now.all = order.all;
    job.now.action = order.action;
    job.now.arguments = order.arguments;
    job.now.rate = order.rate > 0 ? order.rate : context->settings.rate;
    job.now.parallel
        = order.parallel > 0 ? order.parallel : context->settings.parallel;
    job.now.created_by = x.context.principal.name.empty()
                             ? x.context.client
                             : x.context.principal.name;
    job.now.created_at = context->clock->now_ms();
    job.action = *job_action_of(order.action, order.arguments);
    job.rate.set(job.now.rate, now());
    ++context->figures->active;
    write(job, {}, [this, id = job.id, done = x.done] {
      auto* made = find(id);
      if (!made)
        return;
      done(document{render_job(*made)});
      step(*made);
    });
  });
}

// The first one may not be durable yet.
void jobs_state::repeated(live_job& x, const envelope<create_job>& again) {
  write(x, {}, [this, id = x.id, done = again.done] {
    if (auto* job = find(id))
      done(document{render_job(*job)});
  });
}

void jobs_state::read(envelope<read_job>& x) {
  when_loaded([this, x](const std::optional<failure>& no) {
    auto* job = no ? nullptr : find(x.request.id);
    if (no)
      x.done(*no);
    else if (!job || job->told.created_at == 0)
      x.done(unknown_job(x.request.id));
    else
      x.done(document{render_job(*job)});
  });
}

void jobs_state::list(const envelope<list_jobs>& x) {
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      return x.done(*no);
    job_list out;
    std::vector<const live_job*> found;
    for (auto& [id, job] : jobs_)
      if (job.told.created_at != 0 && is_shown_as(job, x.request.status))
        found.push_back(&job);
    out.total = found.size();
    std::ranges::sort(found, std::greater{},
                      [](auto* job) { return job->now.created_at; });
    found.resize(std::min<size_t>(found.size(), x.request.count_max));
    for (auto* job : found)
      out.items.push_back({job->id, job->now.created_at, render_job(*job)});
    x.done(std::move(out));
  });
}

void jobs_state::control(envelope<control_job>& x) {
  using verb = control_job::verb;
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      return x.done(*no);
    auto* job = find(x.request.id);
    if (!job)
      return x.done(unknown_job(x.request.id));
    auto& status = job->now.status;
    bool same
        = x.request.what == verb::cancel && status == job_status::canceled;
    if (job->ends() && !same)
      return x.done(
          failure{errc::conflict, "the job " + job->id + " has ended: it is "
                                      + std::string(to_text(status))});
    if (x.request.rate > 0) {
      job->now.rate = std::min(x.request.rate, context->settings.rate_max);
      job->rate.set(job->now.rate, now());
    }
    if (same)
      return x.done(document{render_job(*job)});
    if (x.request.what == verb::cancel)
      end(*job, job_status::canceled);
    else
      status = x.request.what == verb::pause ? job_status::paused
                                             : job_status::running;
    if (x.request.what != verb::resume)
      cut_window(*job);
    write(*job, {}, [this, id = job->id, done = x.done] {
      if (auto* changed = find(id)) {
        done(document{render_job(*changed)});
        step(*changed);
      }
    });
  });
}

void jobs_state::errors(const envelope<read_job_errors>& x) {
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      return x.done(*no);
    if (!find(x.request.id))
      return x.done(unknown_job(x.request.id));
    auto work = [shard = shard, what = x.request](const storage::store& from) {
      return errors_page(from, shard, what);
    };
    storage::read<document>(*context->readers, std::move(work), x.done);
  });
}

// What goes on by itself

void jobs_state::step(live_job& x) {
  if (failed_ || x.asking_ids || x.preparing || !x.action)
    return;
  if (!x.items.empty())
    return send_next(x);
  bool runs = x.now.status == job_status::running;
  if (x.again_at > now())
    return wake_at(x.again_at);
  if (x.now.position < x.now.window_end) {
    if (runs || x.now.status == job_status::canceled)
      resume_window(x);
    return;
  }
  if (draining_ || !runs)
    return;
  if (!x.now.collected)
    return collect(x);
  if (x.now.position == x.now.total) {
    end(x, job_status::completed);
    return write(x, {}, [] {});
  }
  begin_window(x);
}

void jobs_state::look() {
  self_timer_.looked(self);
  when_loaded([this](const std::optional<failure>& no) {
    if (no) {
      spdlog::warn("shard {}: jobs cannot be read now: {}", shard, no->message);
      return wake_at(now() + load_pause);
    }
    if (now() >= forget_at_)
      forget_old();
    for (auto& [id, job] : jobs_) {
      look_at_items(job);
      step(job);
    }
    if (!jobs_.empty())
      wake_at(forget_at_);
  });
}

void jobs_state::end(live_job& x, job_status how, std::string reason) {
  if (!x.ends())
    --context->figures->active;
  x.now.status = how;
  x.now.reason = std::move(reason);
  x.now.ended_at = context->clock->now_ms();
  wake_at(now() + forget_pause);
}

void jobs_state::write(live_job& x, storage::batch rows,
                       std::function<void()> durable) {
  x.now.updated_at = context->clock->now_ms();
  bool settled = x.ends() && x.now.position == x.now.window_end;
  if (settled) {
    auto ids = keys::ids_of_job(x.id);
    rows.push_back({operation::kind::erase_range, ids, keys::after(ids)});
    x.ids.clear();
    x.ids_of.reset();
  }
  rows.push_back(
      {operation::kind::put, keys::job(x.id), storage::write(x.now)});
  auto then = [this, id = x.id, stored = x.now,
               durable = std::move(durable)](const result<done>& ok) {
    if (auto* job = ok ? find(id) : nullptr)
      job->told = stored;
    if (!ok)
      failed_ = true;
    else
      guarded_call("jobs", [&] { durable(); });
    finish_drain();
  };
  context->store->submit({shard, context->epochs[shard], std::move(rows)},
                         [context = context, shard = shard,
                          told = reply_here<done>(self, std::move(then))](
                             const storage::outcome& how) {
                           if (how == storage::outcome::ok)
                             return told(done{});
                           context->failed(shard, how);
                           told(failure{errc::unavailable, how.why()});
                         });
}

void jobs_state::wake_at(instant at) { self_timer_.set(self, at); }

/// Ended jobs that are old, or too many: the oldest first.
void jobs_state::forget_old() {
  forget_at_ = now() + forget_pause;
  auto before = context->clock->now_ms() - context->settings.keep.count();
  std::vector<const live_job*> ended;
  for (auto& [id, job] : jobs_)
    if (job.ends() && job.items.empty() && !job.preparing)
      ended.push_back(&job);
  std::ranges::sort(ended, {}, [](auto* job) { return job->now.ended_at; });
  auto surplus = ended.size() > context->settings.ended_max
                     ? ended.size() - context->settings.ended_max
                     : size_t{0};
  storage::batch rows;
  std::vector<std::string> gone;
  for (size_t i = 0; i < ended.size(); ++i) {
    auto& job = *ended[i];
    if (i >= surplus && job.now.ended_at > before)
      break;
    auto ids = keys::ids_of_job(job.id), errors = keys::errors_of_job(job.id);
    rows.push_back({operation::kind::erase_range, ids, keys::after(ids)});
    rows.push_back({operation::kind::erase_range, errors, keys::after(errors)});
    rows.push_back({operation::kind::erase, keys::job(job.id), {}});
    gone.push_back(job.id);
  }
  for (auto& id : gone)
    jobs_.erase(id);
  if (!rows.empty())
    context->store->submit(
        {shard, context->epochs[shard], std::move(rows)},
        [context = context, shard = shard](const storage::outcome& how) {
          if (how != storage::outcome::ok)
            context->failed(shard, how);
        });
}

// Stopping: windows under way end, none begins.

void jobs_state::stop(drain& x) {
  draining_ = true;
  for (auto& [id, job] : jobs_)
    cut_window(job);
  drained_.push_back(std::move(x.finished));
  for (auto& [id, job] : jobs_)
    step(job);
  finish_drain();
}

void jobs_state::finish_drain() {
  if (!draining_)
    return;
  auto busy
      = [](auto& x) { return !x.second.items.empty() || x.second.preparing; };
  if (!failed_ && std::ranges::any_of(jobs_, busy))
    return;
  for (auto& finished : std::exchange(drained_, {}))
    finished(done{});
}

jobs_actor::behavior_type jobs(jobs_actor::stateful_pointer<jobs_state> self,
                               jobs_context_pointer context, uint32_t shard) {
  self->state.self = self;
  self->state.context = std::move(context);
  self->state.shard = shard;
  return guarded<jobs_actor::behavior_type>(
      self, "jobs", [self](envelope<create_job>& x) { self->state.create(x); },
      [self](envelope<read_job>& x) { self->state.read(x); },
      [self](const envelope<list_jobs>& x) { self->state.list(x); },
      [self](envelope<control_job>& x) { self->state.control(x); },
      [self](const envelope<read_job_errors>& x) { self->state.errors(x); },
      [self](const tick&) { self->state.look(); },
      [self](drain& x) { self->state.stop(x); });
}

} // namespace tutti
