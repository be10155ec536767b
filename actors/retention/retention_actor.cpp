#include "actors/retention/retention_actor.hpp"

#include "actors/retention/archive.hpp"
#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
#include "actors/support/reply_here.hpp"
#include "messages/model/enums.hpp"
#include "storage/keys.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <numeric>

namespace tutti {

namespace retention_detail {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr size_t page_ids = 500;
/// A start has other work than this.
constexpr std::chrono::milliseconds first_pause = 1min;
/// So many removals in a row that fail end the run; the next one tries again.
constexpr size_t failures_max = 20;
constexpr const char* client = "retention";

json age_of(const std::optional<int64_t>& ms) {
  return ms ? json(*ms) : json(nullptr);
}

uint64_t sum(const auto& rules, auto member) {
  return std::accumulate(
      rules.begin(), rules.end(), uint64_t{0},
      [&](uint64_t all, auto& x) { return all + x.*member; });
}

} // namespace retention_detail

using namespace retention_detail;

std::vector<metric> retention_figures::metrics() const {
  using kind = metric::kind;
  auto one = [](const char* name, const char* help, kind what, double value) {
    return metric{name, help, what, {{{}, value}}};
  };
  return {
      one("tutti_retention_runs_total", "Runs of retention that have ended",
          kind::counter, double(runs)),
      one("tutti_retention_removed_total",
          "Executions that retention has removed", kind::counter,
          double(removed)),
      one("tutti_retention_failures_total", "Removals by retention that failed",
          kind::counter, double(failed)),
      one("tutti_retention_archive_erased_total",
          "Archived executions that were erased", kind::counter,
          double(archive_erased)),
      one("tutti_retention_rate",
          "Removals per second that retention allows "
          "itself now; 0: it does not run",
          kind::gauge, double(rate)),
      one("tutti_retention_freed_bytes",
          "Bytes of disk that the last run of retention gave back", kind::gauge,
          double(freed)),
  };
}

retention_state::instant retention_state::now() const {
  return self->clock().now();
}

uint64_t retention_report::removed() const {
  return sum(rules, &retention_rule_progress::removed);
}

std::vector<retention_state::rule_progress>
retention_state::make_rules() const {
  std::vector<rule_progress> out;
  auto now = context->clock->now_ms();
  for (auto& x :
       retention_rules(*context->definitions(), context->settings.ages,
                       context->settings.archive))
    out.emplace_back(x, x.query(now));
  return out;
}

// Requests

std::string retention_state::render(const std::vector<rule_progress>& rules,
                                    bool dry) {
  auto out = json::array();
  for (auto& x : rules) {
    json one{{"workflowType",
              x.rule.name.empty() ? json(nullptr) : json(x.rule.name)},
             {"status", to_text(x.rule.status)},
             {"ageMs", x.rule.age_ms},
             {"archive", x.rule.archive},
             {"matched", x.matched}};
    if (dry) {
      one["oldestEndTime"] = x.oldest;
    } else {
      one["removed"] = x.removed;
      one["gone"] = x.gone;
      one["failed"] = x.failed;
    }
    if (!x.error.empty())
      one["error"] = x.error;
    out.push_back(std::move(one));
  }
  return to_text(out);
}

std::string retention_state::render() const {
  auto& by = context->settings;
  json out{{"defaults",
            {{"completedMs", age_of(by.ages.completed)},
             {"failedMs", age_of(by.ages.failed)},
             {"timedOutMs", age_of(by.ages.timed_out)},
             {"terminatedMs", age_of(by.ages.terminated)},
             {"archive", by.archive}}},
           {"policies", json::array()},
           {"run", nullptr}};
  for (auto& x : retention_rules(*context->definitions(), by.ages, by.archive))
    out["policies"].push_back(
        {{"workflowType", x.name.empty() ? json(nullptr) : json(x.name)},
         {"status", to_text(x.status)},
         {"ageMs", x.age_ms},
         {"archive", x.archive}});
  if (!run_)
    return to_text(out);
  auto& x = *run_;
  constexpr const char* phases[]
      = {"REMOVING", "ERASING_ARCHIVE", "COMPACTING", "ENDED"};
  out["run"] = {{"status", phases[size_t(x.now)]},
                {"startTime", x.started},
                {"endTime", x.ended},
                {"ratePerSecond", pace_ ? pace_->rate() : 0.0},
                {"removed", x.removed()},
                {"failed", sum(x.rules, &rule_progress::failed)},
                {"archiveErased", x.archive_erased},
                {"bytesBefore", x.bytes_before},
                {"bytesAfter", x.bytes_after},
                {"bytesFreed", x.now == phase::ended ? x.freed() : 0},
                {"rules", json::parse(render(x.rules, false))}};
  if (!x.error.empty())
    out["run"]["error"] = x.error;
  return to_text(out);
}

void retention_state::read(const envelope<read_retention>& x) {
  x.done(document{render()});
}

void retention_state::run(const envelope<run_retention>& x) {
  if (draining_)
    return x.done(failure{errc::unavailable, "the node is stopping"});
  if (x.request.dry_run)
    return count(make_rules(), 0, x.done);
  if (run_ && run_->now != phase::ended)
    return x.done(failure{errc::conflict, "retention is at work already"});
  begin_run();
  x.done(document{render()});
}

// One rule after another, so that they are not a load.
void retention_state::count(std::vector<rule_progress> rules, size_t at,
                            reply<document> done) {
  if (at == rules.size()) {
    done(document{render(rules, true)});
    return;
  }
  auto query = rules[at].query;
  auto then = [this, rules = std::move(rules), at,
               done](result<retention_count> got) mutable {
    if (!got) {
      done(std::move(got).failure());
      return;
    }
    rules[at].matched = got->total;
    rules[at].oldest = got->oldest;
    guarded_call("retention", [&] { count(std::move(rules), at + 1, done); });
  };
  context->count(std::move(query),
                 reply_here<retention_count>(self, std::move(then)));
}

void retention_state::list(const envelope<list_archived>& x) {
  auto work = [what = x.request](const storage::store& from) {
    return list_archive(from, what);
  };
  storage::read<document>(*context->readers, std::move(work), x.done);
}

// A run

void retention_state::look() {
  self_timer_.looked(self);
  if (!std::exchange(begun_, true))
    next_run_ = now() + std::min(first_pause, context->settings.every);
  bool busy = run_ && run_->now != phase::ended;
  if (!busy && !draining_ && now() >= next_run_)
    begin_run();
  else if (busy && run_->now == phase::removing)
    remove_more();
  if (!run_ || run_->now == phase::ended)
    self_timer_.set(self, next_run_);
}

void retention_state::begin_run() {
  ++runs_;
  next_run_ = now() + context->settings.every;
  run_.emplace();
  run_->started = context->clock->now_ms();
  run_->rules = make_rules();
  pace_.emplace(context->settings.rate, context->settings.latency_max, now());
  context->figures->rate = int64_t(pace_->rate());
  rule_ = 0;
  cursor_.clear();
  ids_.clear();
  more_pages_ = true;
  failures_in_a_row_ = 0;
  if (run_->rules.empty() && context->settings.archive_keep.count() == 0)
    return end_run();
  read_size([this](uint64_t bytes) {
    run_->bytes_before = bytes;
    advance();
  });
}

void retention_state::read_size(std::function<void(uint64_t)> then) {
  auto work = [](const storage::store& from) -> result<uint64_t> {
    return from.bytes_on_disk();
  };
  read_then<uint64_t>(self, *context->readers, std::move(work),
                      [then = std::move(then)](const result<uint64_t>& got) {
                        guarded_call("retention",
                                     [&] { then(got ? *got : 0); });
                      });
}

void retention_state::advance() {
  if (draining_)
    return end_run("the node is stopping");
  if (!more_pages_) {
    ++rule_;
    cursor_.clear();
    more_pages_ = true;
  }
  if (rule_ >= run_->rules.size()) {
    run_->now = phase::erasing;
    return erase_archive(0);
  }
  if (!context->find)
    return end_run("this node has no search index (index.enabled)");
  execution_question what;
  what.of.query = run_->rules[rule_].query;
  what.cursor = cursor_;
  what.count = page_ids;
  asking_ = true;
  auto then = [this](result<found_executions> found) {
    guarded_call("retention", [&] { take_page(std::move(found)); });
  };
  context->find(std::move(what),
                reply_here<found_executions>(self, std::move(then)));
}

void retention_state::take_page(result<found_executions> found) {
  asking_ = false;
  auto& rule = run_->rules[rule_];
  if (!found)
    return end_run(found.failure().message);
  if (cursor_.empty())
    rule.matched = found->total;
  ids_.assign(found->ids.begin(), found->ids.end());
  cursor_ = std::move(found->cursor);
  more_pages_ = !cursor_.empty();
  remove_more();
}

void retention_state::remove_more() {
  if (asking_)
    return;
  if (draining_)
    ids_.clear();
  while (!ids_.empty() && under_way_ < context->settings.parallel) {
    if (!pace_->take(now()))
      return self_timer_.set(self, pace_->next());
    auto id = std::move(ids_.front());
    ids_.pop_front();
    ++under_way_;
    remove_workflow what{id, false, run_->rules[rule_].rule.archive};
    envelope<remove_workflow> x{std::move(what), {}, {}};
    x.context.client = client;
    auto then
        = [this, run = runs_, rule = rule_, since = now()](result<answer> got) {
            guarded_call("retention",
                         [&] { answered(run, rule, since, std::move(got)); });
          };
    auto told = reply_here<answer>(self, std::move(then));
    x.done = reply<done>([told](result<done> got) {
      if (got)
        told(answer{});
      else
        told(std::move(got).failure());
    });
    context->operators->send(std::move(x));
  }
  if (ids_.empty() && under_way_ == 0)
    advance();
}

void retention_state::answered(uint64_t run, size_t rule, instant since,
                               result<answer> got) {
  --under_way_;
  auto& figures = *context->figures;
  if (run == runs_ && run_->now == phase::removing) {
    auto& x = run_->rules[rule];
    pace_->answered(now() - since, now());
    figures.rate = int64_t(pace_->rate());
    if (got) {
      ++x.removed, ++figures.removed;
      failures_in_a_row_ = 0;
    } else if (got.failure().code == errc::not_found
               || got.failure().code == errc::conflict) {
      ++x.gone; // removed by somebody else, or begun again
    } else {
      ++x.failed, ++figures.failed;
      x.error = got.failure().message;
      if (++failures_in_a_row_ == failures_max)
        return end_run(x.error);
    }
    remove_more();
  }
  finish_drain();
}

void retention_state::erase_archive(uint32_t shard) {
  auto keep = context->settings.archive_keep;
  if (keep.count() == 0 || shard >= context->epochs.size() || draining_) {
    bool gave = run_->removed() + run_->archive_erased > 0;
    if (!gave || !context->settings.compacts || draining_)
      return end_run(draining_ ? "the node is stopping" : "");
    run_->now = phase::compacting;
    return compact(0);
  }
  auto work = [shard, before = context->clock->now_ms()
                               - keep.count()](const storage::store& from) {
    return archived_before(from, shard, before);
  };
  read_then<old_archive>(
      self, *context->readers, std::move(work),
      [this, shard](result<old_archive> got) {
        guarded_call("retention", [&] {
          if (!got)
            return end_run(got.failure().message);
          if (got->rows.empty())
            return erase_archive(shard + 1);
          auto then = [this, shard, n = got->executions,
                       more = got->more](const result<done>& ok) {
            guarded_call("retention", [&] {
              if (!ok)
                return end_run(ok.failure().message);
              run_->archive_erased += n;
              context->figures->archive_erased += n;
              erase_archive(more ? shard : shard + 1);
            });
          };
          context->store->submit(
              {shard, context->epochs[shard], std::move(got->rows)},
              [told = reply_here<done>(self, std::move(then))](
                  const storage::outcome& how) {
                if (how == storage::outcome::ok)
                  told(done{});
                else
                  told(failure{errc::unavailable, how.why()});
              });
        });
      });
}

void retention_state::compact(uint32_t shard) {
  namespace keys = storage::keys;
  if (shard >= context->epochs.size() || draining_)
    return end_run();
  if (run_->archive_erased > 0)
    return compact(shard, {}, {}, [this, shard] { compact(shard + 1); });
  // The archive has only grown, and is not written anew for that.
  compact(shard, {}, keys::archived_records(), [this, shard] {
    compact(shard, keys::after(keys::all_archived()), {},
            [this, shard] { compact(shard + 1); });
  });
}

void retention_state::compact(uint32_t shard, std::string from, std::string to,
                              std::function<void()> then) {
  auto ended = [this, then = std::move(then)](const result<done>& ok) {
    guarded_call("retention",
                 [&] { ok ? then() : end_run(ok.failure().message); });
  };
  auto told = reply_here<done>(self, std::move(ended));
  context->store->compact(shard, std::move(from), std::move(to),
                          [told](result<done> x) { told(std::move(x)); });
}

void retention_state::end_run(std::string error) {
  run_->error = std::move(error);
  run_->now = phase::compacting; // until the size is known
  ids_.clear();
  read_size([this](uint64_t bytes) {
    run_->bytes_after = bytes;
    run_->now = phase::ended;
    run_->ended = context->clock->now_ms();
    auto& figures = *context->figures;
    ++figures.runs;
    figures.rate = 0;
    figures.freed = run_->freed();
    auto removed = run_->removed();
    if (!run_->error.empty())
      spdlog::warn("retention stopped after {} removals: {}", removed,
                   run_->error);
    else if (removed > 0)
      spdlog::info("retention removed {} executions, {} bytes were freed",
                   removed, run_->freed());
    if (!draining_)
      self_timer_.set(self, next_run_);
  });
  finish_drain();
}

void retention_state::stop(drain& x) {
  draining_ = true;
  ids_.clear();
  drained_.push_back(std::move(x.finished));
  finish_drain();
}

void retention_state::finish_drain() {
  if (!draining_ || under_way_ > 0)
    return;
  for (auto& finished : std::exchange(drained_, {}))
    finished(done{});
}

retention_actor::behavior_type
retention(retention_actor::stateful_pointer<retention_state> self,
          retention_context_pointer context) {
  self->state.self = self;
  self->state.context = std::move(context);
  return guarded<retention_actor::behavior_type>(
      self, "retention",
      [self](const envelope<read_retention>& x) { self->state.read(x); },
      [self](const envelope<run_retention>& x) { self->state.run(x); },
      [self](const envelope<list_archived>& x) { self->state.list(x); },
      [self](const tick&) { self->state.look(); },
      [self](const clock_moved&) { self->state.look(); },
      [self](drain& x) { self->state.stop(x); });
}

} // namespace tutti
