#include "actors/jobs/earlier_work.hpp"
#include "actors/jobs/jobs_actor.hpp"
#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
#include "actors/support/reply_here.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

// How a job goes through its ids.

namespace tutti {

namespace job_windows_detail {

namespace keys = storage::keys;
using namespace std::chrono_literals;
using outcome = job_item::outcome;
using phase = job_item::phase;
using storage::operation;

/// Executions of one commit of outcomes.
constexpr size_t window_max = 500;
/// An execution that is not available is asked so often, with longer and longer
/// pauses.
constexpr uint32_t attempts_max = 8;
constexpr std::chrono::milliseconds first_pause = 100ms, longest_pause = 5s;
/// Of a reason that is kept.
constexpr size_t reason_bytes_max = 1'000;

std::chrono::milliseconds pause_after(uint32_t attempts) {
  return std::min(longest_pause, first_pause * (1 << std::min(attempts, 10u)));
}

bool is_about_its_state(errc x) {
  return x == errc::not_found || x == errc::conflict
         || x == errc::illegal_state;
}

} // namespace job_windows_detail

using namespace job_windows_detail;

size_t jobs_state::plan(live_job& x) {
  auto left = x.now.chunk_begin + x.ids.size() - x.now.position;
  auto wanted = std::min<size_t>(left, window_max);
  auto out = x.rate.take(wanted, now());
  if (wanted > 0 && out == 0)
    wake_at(x.rate.next(wanted, now()));
  return out;
}

void jobs_state::begin_window(live_job& x) {
  if (x.ids_of != x.now.chunk)
    return read_chunk(x);
  auto count = plan(x);
  if (count == 0)
    return;
  x.now.window_end = x.now.position + count;
  x.preparing = true;
  write(x, {}, [this, id = x.id] {
    if (auto* job = find(id))
      enter_window(*job);
  });
}

void jobs_state::open_window(live_job& x) {
  ++x.window;
  x.items.clear();
  x.next_item = x.under_way = x.ended = 0;
  for (auto i = x.now.position; i < x.now.window_end; ++i)
    x.items.push_back({x.ids[size_t(i - x.now.chunk_begin)]});
}

void jobs_state::enter_window(live_job& x) {
  x.preparing = false;
  open_window(x);
  // It was paused or cancelled while its intent became durable.
  if (draining_ || x.now.status != storage::job_status::running)
    cut_window(x);
  step(x);
}

void jobs_state::cut_window(live_job& x) {
  if (x.items.empty())
    return;
  bool later = false;
  for (size_t i = 0; i < x.items.size(); ++i)
    later = later || (i >= x.next_item && x.items[i].repeated);
  // One that an earlier life may have sent must get its outcome.
  if (later)
    return;
  auto left = x.items.size() - x.next_item;
  x.now.window_end -= left;
  x.items.resize(x.next_item);
  if (x.items.empty())
    close_window(x);
}

void jobs_state::send_next(live_job& x) {
  if (x.items.empty())
    return;
  auto most = size_t(x.now.parallel);
  while (x.under_way < most && x.next_item < x.items.size()) {
    auto i = x.next_item++;
    if (x.items[i].now == phase::waiting)
      send(x, i);
  }
  if (x.ended == x.items.size())
    close_window(x);
}

void jobs_state::send(live_job& x, size_t item) {
  auto& one = x.items[item];
  one.now = phase::sent;
  one.at = now();
  ++one.attempts;
  ++x.under_way;
  request_context from;
  from.client = client_of_job(x.id);
  auto then = [this, job = x.id, window = x.window, item](result<answer> got) {
    guarded_call("jobs", [&] { answered(job, window, item, std::move(got)); });
  };
  wake_at(one.at + context->settings.answer_max);
  x.action->send(context->operators, one.id, from,
                 reply_here<answer>(self, std::move(then)));
}

void jobs_state::answered(const std::string& job, uint64_t window, size_t item,
                          result<answer> got) {
  auto* x = find(job);
  if (!x || x->window != window || item >= x->items.size()
      || x->items[item].now != phase::sent)
    return; // it was too late
  auto& one = x->items[item];
  --x->under_way;
  if (got && got->effective) {
    end_item(*x, item, outcome::done);
  } else if (got) {
    end_item(*x, item, outcome::skipped,
             failure{errc::conflict,
                     "execution " + one.id + " has nothing that waits for it"});
  } else {
    auto why = std::move(got).failure();
    bool again = why.code == errc::unavailable && one.attempts < attempts_max;
    if (again && !failed_) {
      one.now = phase::pausing;
      one.at = now() + pause_after(one.attempts);
      wake_at(one.at);
    } else if (one.repeated && why.code == errc::not_found
               && x->action->proof == job_action::evidence::absence) {
      end_item(*x, item, outcome::done);
    } else if (one.repeated && why.code == errc::conflict
               && x->action->proof == job_action::evidence::revival) {
      ask_whether_revived(*x, item, std::move(why));
    } else {
      auto became
          = is_about_its_state(why.code) ? outcome::skipped : outcome::failed;
      end_item(*x, item, became, std::move(why));
    }
  }
  send_next(*x);
}

// Its commits may be under way still: the answer must come after them. Commits
// of a shard end in order.
void jobs_state::ask_whether_done(live_job& x, size_t item) {
  auto& one = x.items[item];
  one.now = phase::asking;
  one.repeated = true;
  ++context->figures->repeated;
  auto answer = [this, job = x.id, window = x.window,
                 item](result<std::vector<bool>> found) {
    guarded_call("jobs", [&] {
      auto* x = find(job);
      if (!x || x->window != window || item >= x->items.size()
          || x->items[item].now != phase::asking)
        return;
      if (found && found->front())
        end_item(*x, item, outcome::done);
      else if (found && x->ends())
        end_item(*x, item, outcome::none);
      else if (found)
        send(*x, item);
      else if (++x->items[item].attempts < attempts_max) {
        x->items[item].now = phase::pausing;
        x->items[item].at = now() + pause_after(x->items[item].attempts);
        wake_at(x->items[item].at);
      } else
        end_item(*x, item, outcome::failed, found.failure());
      send_next(*x);
    });
  };
  auto told = reply_here<std::vector<bool>>(self, std::move(answer));
  auto work = [ids = std::vector{one.id}, job = x.id, since = x.now.created_at,
               proof = x.action->proof](const storage::store& from) {
    return earlier_work(from, ids, job, since, proof);
  };
  auto where = shard_of(one.id, context->store->shards());
  context->store->submit({where, context->epochs[where], {}},
                         [readers = context->readers, work = std::move(work),
                          told = std::move(told)](const storage::outcome& how) {
                           if (how == storage::outcome::ok)
                             storage::read<std::vector<bool>>(*readers, work,
                                                              told);
                           else
                             told(failure{errc::unavailable, how.why()});
                         });
}

void jobs_state::ask_whether_revived(live_job& x, size_t item,
                                     failure otherwise) {
  x.items[item].now = phase::asking;
  auto work = [id = x.items[item].id,
               since = x.now.created_at](const storage::store& from) {
    return was_revived(from, id, since);
  };
  read_then<bool>(self, *context->readers, std::move(work),
                  [this, job = x.id, window = x.window, item,
                   why = std::move(otherwise)](const result<bool>& found) {
                    guarded_call("jobs", [&] {
                      auto* x = find(job);
                      if (!x || x->window != window)
                        return;
                      if (found && *found)
                        end_item(*x, item, outcome::done);
                      else
                        end_item(*x, item, outcome::skipped, why);
                      send_next(*x);
                    });
                  });
}

void jobs_state::end_item(live_job& x, size_t item, outcome became,
                          std::optional<failure> why) {
  auto& one = x.items[item];
  one.now = phase::ended;
  one.became = became;
  one.why = std::move(why);
  ++x.ended;
}

void jobs_state::look_at_items(live_job& x) {
  auto late = context->settings.answer_max;
  std::optional<instant> next;
  for (size_t i = 0; i < std::min(x.items.size(), x.next_item); ++i) {
    auto& one = x.items[i];
    if (one.now == phase::pausing && one.at <= now()) {
      ask_whether_done(x, i);
    } else if (one.now == phase::sent && one.at + late <= now()) {
      --x.under_way;
      end_item(x, i, outcome::failed,
               failure{errc::unavailable,
                       "execution " + one.id
                           + " has not answered in time (jobs.answer_seconds); "
                             "it may still be done"});
    }
    if (one.now == phase::pausing)
      next = std::min(next.value_or(one.at), one.at);
    else if (one.now == phase::sent)
      next = std::min(next.value_or(one.at + late), one.at + late);
  }
  if (next)
    wake_at(*next);
}

void jobs_state::close_window(live_job& x) {
  storage::batch rows;
  auto& stored = x.now;
  auto& count = *context->figures;
  for (auto& one : x.items) {
    switch (one.became) {
      case outcome::done:
        ++stored.done, ++count.done;
        continue;
      case outcome::none:
        continue;
      case outcome::failed:
        ++stored.failed, ++count.failed;
        break;
      case outcome::skipped:
        ++stored.skipped, ++count.skipped;
        break;
    }
    ++stored.error_counts[one.why->code];
    if (stored.errors >= context->settings.errors_max)
      continue;
    storage::job_error row{
        one.id, one.why->code, one.why->message.substr(0, reason_bytes_max),
        one.became == outcome::skipped, context->clock->now_ms()};
    rows.push_back({operation::kind::put,
                    keys::job_error(x.id, stored.errors++),
                    storage::write(row)});
  }
  stored.position = stored.window_end;
  x.items.clear();
  x.next_item = x.under_way = x.ended = 0;
  if (stored.position == stored.chunk_begin + x.ids.size()) {
    rows.push_back(
        {operation::kind::erase, keys::job_ids(x.id, stored.chunk), {}});
    ++stored.chunk;
    stored.chunk_begin = stored.position;
    x.ids.clear();
    x.ids_of.reset();
  }
  // The next window is announced by the same commit.
  if (stored.status == storage::job_status::running && !draining_
      && x.ids_of == stored.chunk)
    stored.window_end += plan(x);
  bool planned = stored.window_end > stored.position;
  x.preparing = planned;
  write(x, std::move(rows), [this, id = x.id, planned] {
    auto* job = find(id);
    if (job && planned)
      enter_window(*job);
    else if (job)
      step(*job);
  });
}

} // namespace tutti
