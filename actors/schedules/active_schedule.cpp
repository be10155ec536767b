#include "actors/schedules/active_schedule.hpp"

#include "actors/schedules/firing_ids.hpp"
#include "messages/model/instants.hpp"
#include "messages/model/saturating.hpp"

#include <algorithm>

namespace tutti {

namespace active_schedule_detail {

/// Executions that one schedule keeps an eye on.
constexpr size_t running_max = 100;

uint64_t scrambled(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

} // namespace active_schedule_detail

active_schedule::active_schedule(definition what, schedule_times times,
                                 storage::schedule_state state)
    : what_(std::move(what)), times_(std::move(times)),
      state_(std::move(state)) {
  find_next();
}

result<active_schedule> active_schedule::make(definition what,
                                              storage::schedule_state state) {
  auto times = schedule_times::make(*what);
  if (!times)
    return times.failure();
  return active_schedule(std::move(what), *std::move(times), std::move(state));
}

result<active_schedule> active_schedule::create(definition what, int64_t now) {
  storage::schedule_state state;
  state.cursor = now;
  return make(std::move(what), std::move(state));
}

void active_schedule::find_next() {
  next_ = times_.next(state_.cursor).value_or(never);
}

std::optional<failure> active_schedule::change(definition what, int64_t now) {
  auto times = schedule_times::make(*what);
  if (!times)
    return times.failure();
  bool same = what->crons() == what_->crons()
              && what->start_time == what_->start_time
              && what->end_time == what_->end_time && !what_->paused;
  if (!same)
    state_.cursor = std::max(state_.cursor, now);
  what_ = std::move(what);
  times_ = *std::move(times);
  if (!tracks())
    state_.running.clear();
  find_next();
  return std::nullopt;
}

/// Spreads schedules of the same time, always in the same way. Instants keep
/// their order.
int64_t active_schedule::due_of(int64_t instant) const {
  auto jitter = what_->jitter_seconds * 1'000;
  if (jitter == 0)
    return instant;
  if (auto after = times_.next(instant))
    jitter = std::min(jitter, *after - instant);
  auto seed = uint64_t(instant);
  for (unsigned char c : what_->name)
    seed = (seed ^ c) * 1099511628211ull;
  auto roll = active_schedule_detail::scrambled(seed);
  return instant + int64_t(roll % uint64_t(jitter));
}

int64_t active_schedule::due() const {
  if (!state_.backfill.empty())
    return 0;
  return next_instant() == never ? never : due_of(next_);
}

bool active_schedule::must_ask() const {
  return tracks() && !state_.running.empty();
}

std::optional<int64_t>
active_schedule::last_missable(int64_t now, const catchup_rules& rules) const {
  auto late = now - rules.grace_ms - what_->jitter_seconds * 1'000;
  if (next_ > late)
    return std::nullopt;
  return times_.previous(late + 1);
}

int64_t active_schedule::first_made_up_for(int64_t last, int64_t now,
                                           const catchup_rules& rules) const {
  auto seconds = what_->catchup_window_seconds;
  auto window = seconds > 0 ? ms_of_seconds(seconds) : rules.window_ms;
  auto oldest = window < now ? now - window : 0;
  if (what_->catchup == catchup_policy::none)
    return last + 1;
  if (what_->catchup == catchup_policy::latest) {
    auto later = times_.next(last);
    return last >= oldest && !(later && *later <= now) ? last : last + 1;
  }
  auto first = last + 1;
  std::optional<int64_t> at = last;
  for (size_t n = 0; at && *at >= oldest && n < rules.instants_max; ++n) {
    first = *at;
    at = times_.previous(*at);
  }
  return first;
}

/// Instants before `end`, as one firing.
void active_schedule::miss(int64_t end, const catchup_rules& rules, int64_t now,
                           schedule_step& out) {
  auto x = make(next_, firing_cause::time, now);
  x.outcome = firing_outcome::missed;
  x.workflow_id.clear();
  x.last_time = next_;
  auto after = times_.next(next_);
  while (after && *after < end && size_t(x.count) < rules.counted_max) {
    ++x.count;
    x.last_time = *after;
    after = times_.next(*after);
  }
  bool more = after && *after < end;
  if (more)
    x.last_time = times_.previous(end).value_or(x.last_time);
  x.reason = "missed: the node did not run, or its clock was set forward; "
             + std::string(more ? "at least " : "") + std::to_string(x.count)
             + (x.count == 1 ? " instant" : " instants") + " until "
             + instant_text(x.last_time);
  state_.cursor = x.last_time;
  state_.missed += x.count;
  find_next();
  finish(std::move(x), out);
}

void active_schedule::fire_due(int64_t now, const catchup_rules& rules,
                               size_t most, schedule_step& out) {
  auto& waiting = state_.backfill;
  size_t taken = 0;
  for (; taken < waiting.size() && out.begun.size() < most; ++taken)
    begin(make(waiting[taken], firing_cause::backfill, now), out);
  waiting.erase(waiting.begin(), waiting.begin() + std::ptrdiff_t(taken));
  if (next_instant() == never)
    return;
  if (auto last = last_missable(now, rules)) {
    auto first = first_made_up_for(*last, now, rules);
    if (next_ < first)
      miss(first, rules, now, out);
  }
  while (next_instant() != never && due_of(next_) <= now
         && out.begun.size() < most) {
    auto instant = next_;
    state_.cursor = instant;
    find_next();
    fire(instant, now, out);
  }
}

void active_schedule::fire(int64_t instant, int64_t now, schedule_step& out) {
  auto x = make(instant, firing_cause::time, now);
  out.changed = true;
  if (!tracks() || state_.running.empty())
    return begin(std::move(x), out);
  bool waits = what_->overlap != overlap_policy::skip;
  bool replaces = what_->overlap == overlap_policy::cancel_other
                  || what_->overlap == overlap_policy::terminate_other;
  if (!waits || (state_.buffered != 0 && !replaces)) {
    x.outcome = firing_outcome::skipped;
    x.reason = "skipped: execution " + state_.running.front()
               + " of an earlier instant was still running";
    x.workflow_id.clear();
    return finish(std::move(x), out);
  }
  if (auto earlier = buffered()) {
    // Its row is replaced by the one that tells its end.
    std::erase_if(out.begun, [&](const firing& one) {
      return one.scheduled_time == earlier->scheduled_time
             && one.cause == earlier->cause;
    });
    earlier->outcome = firing_outcome::skipped;
    earlier->reason = "skipped: a later instant came before it could start";
    earlier->workflow_id.clear();
    finish(*std::move(earlier), out);
  }
  x.outcome = firing_outcome::buffered;
  state_.buffered = instant;
  out.begun.push_back(std::move(x));
}

firing active_schedule::make(int64_t instant, firing_cause cause,
                             int64_t now) const {
  firing x;
  x.schedule = what_->name;
  x.scheduled_time = x.last_time = instant;
  x.cause = cause;
  x.execution_time = now;
  x.workflow_name = what_->start.name;
  auto& cron = times_.cron_of(instant);
  x.zone_id = cron.zone_id;
  x.cron_expression = cron.cron_expression;
  set_ids(x, *what_);
  return x;
}

void active_schedule::begin(firing x, schedule_step& out) {
  out.changed = true;
  starting_.insert(x.workflow_id);
  if (tracks() && state_.running.size() < active_schedule_detail::running_max)
    state_.running.push_back(x.workflow_id);
  out.begun.push_back(std::move(x));
}

void active_schedule::finish(firing x, schedule_step& out) {
  out.changed = true;
  ++state_.rows;
  if (x.outcome == firing_outcome::started)
    ++state_.fired;
  else if (x.outcome == firing_outcome::refused)
    ++state_.failed;
  else if (x.outcome == firing_outcome::skipped)
    ++state_.skipped;
  state_.last = x;
  out.ended.push_back(std::move(x));
}

firing active_schedule::trigger(int64_t now, schedule_step& out) {
  auto instant = std::max(now, state_.last_trigger + 1);
  state_.last_trigger = instant;
  auto x = make(instant, firing_cause::trigger, now);
  begin(x, out);
  return x;
}

size_t active_schedule::add_backfill(const std::vector<int64_t>& instants) {
  auto& waiting = state_.backfill;
  auto before = waiting.size();
  std::vector<int64_t> all;
  std::ranges::set_union(waiting, instants, std::back_inserter(all));
  waiting = std::move(all);
  return waiting.size() - before;
}

void active_schedule::answered(firing x, const result<started>& how,
                               int64_t now, schedule_step& out) {
  starting_.erase(x.workflow_id);
  auto known = std::ranges::find(state_.running, x.workflow_id);
  if (how) {
    if (known != state_.running.end())
      *known = how->workflow_id;
    x.outcome = firing_outcome::started;
    x.workflow_id = how->workflow_id;
  } else {
    if (known != state_.running.end())
      state_.running.erase(known);
    x.outcome = firing_outcome::refused;
    x.reason = how.failure().message;
    x.workflow_id.clear();
  }
  finish(std::move(x), out);
  begin_buffered(now, out);
}

void active_schedule::execution_ended(const std::string& workflow_id,
                                      int64_t now, schedule_step& out) {
  if (std::erase(state_.running, workflow_id) == 0)
    return;
  out.changed = true;
  begin_buffered(now, out);
}

std::optional<firing> active_schedule::buffered() const {
  if (state_.buffered == 0)
    return std::nullopt;
  auto out = make(state_.buffered, firing_cause::time, state_.buffered);
  out.outcome = firing_outcome::buffered;
  return out;
}

void active_schedule::begin_buffered(int64_t now, schedule_step& out) {
  if (state_.buffered == 0 || !state_.running.empty())
    return;
  auto instant = std::exchange(state_.buffered, 0);
  begin(make(instant, firing_cause::time, now), out);
}

std::vector<std::string> active_schedule::settled() const {
  std::vector<std::string> out;
  std::ranges::copy_if(
      state_.running, std::back_inserter(out),
      [this](const std::string& id) { return !starting_.contains(id); });
  return out;
}

std::vector<std::string> active_schedule::to_be_stopped() const {
  bool replaces = what_->overlap == overlap_policy::cancel_other
                  || what_->overlap == overlap_policy::terminate_other;
  return replaces && state_.buffered != 0 ? settled()
                                          : std::vector<std::string>();
}

} // namespace tutti
