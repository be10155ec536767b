#include "actors/jobs/earlier_work.hpp"
#include "actors/jobs/jobs_actor.hpp"
#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
#include "actors/support/reply_here.hpp"
#include "messages/requests/request_bounds.hpp"
#include "storage/keys.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

// How a job takes its ids, and reads them again.

namespace tutti {

namespace job_ids_detail {

namespace keys = storage::keys;
using storage::operation;

/// A chunk is a row of about 40 KB.
constexpr size_t chunk_ids = 1'000;
constexpr std::chrono::seconds again_pause{1};

/// Read for a window that an earlier life left behind.
struct remains {
  std::vector<std::string> ids; ///< of the chunk
  std::vector<bool> done;       ///< of the window
};

result<std::vector<std::string>> chunk_of(const storage::store& from,
                                          uint32_t shard, const std::string& id,
                                          uint32_t number) {
  auto row = from.get(shard, keys::job_ids(id, number));
  if (!row)
    return std::move(row).failure();
  if (!*row)
    return failure{errc::internal,
                   "the ids of job " + id + " are not stored any more"};
  return storage::read_job_ids(**row);
}

job_order order_of(const storage::stored_job& x) {
  job_order out;
  out.query = x.query;
  out.free_text = x.free_text;
  out.all = x.all;
  return out;
}

} // namespace job_ids_detail

using namespace job_ids_detail;

void jobs_state::collect(live_job& x) {
  if (!context->find)
    return;
  x.asking_ids = true;
  auto then = [this, id = x.id](result<found_executions> found) {
    guarded_call("jobs", [&] {
      if (auto* job = find(id))
        take_ids(*job, std::move(found));
    });
  };
  context->find(
      {order_of(x.now), x.now.cursor, chunk_ids, false, x.now.created_at},
      reply_here<found_executions>(self, std::move(then)));
}

void jobs_state::take_ids(live_job& x, result<found_executions> found) {
  auto next_step = [this, id = x.id] {
    if (auto* job = find(id)) {
      job->asking_ids = false;
      step(*job);
    }
  };
  if (x.ends()) // cancelled meanwhile
    return next_step();
  if (!found) {
    auto& why = found.failure();
    if (why.code == errc::unavailable || why.code == errc::too_many) {
      x.again_at = now() + again_pause;
      return next_step();
    }
    end(x, storage::job_status::failed, why.message);
    return write(x, {}, next_step);
  }
  auto most = context->settings.ids_max;
  auto expected
      = std::max<uint64_t>(found->total, x.now.total + found->ids.size());
  if (expected > most) {
    if (context->reached)
      context->reached->add(bounds::job_ids);
    end(x, storage::job_status::failed,
        sentence_of(bounds::job_ids, expected, most));
    return write(x, {}, next_step);
  }
  storage::batch rows;
  if (!found->ids.empty()) {
    rows.push_back({operation::kind::put, keys::job_ids(x.id, x.now.chunks++),
                    storage::write_job_ids(found->ids)});
    x.now.total += found->ids.size();
  }
  x.now.cursor = std::move(found->cursor);
  x.now.collected = x.now.cursor.empty();
  write(x, std::move(rows), next_step);
}

void jobs_state::read_chunk(live_job& x) {
  x.asking_ids = true;
  auto number = x.now.chunk;
  auto work = [shard = shard, id = x.id, number](const storage::store& from) {
    return chunk_of(from, shard, id, number);
  };
  using ids = std::vector<std::string>;
  read_then<ids>(self, *context->readers, std::move(work),
                 [this, id = x.id, number](result<ids> got) {
                   guarded_call("jobs", [&] {
                     auto* job = find(id);
                     if (!job)
                       return;
                     job->asking_ids = false;
                     if (got) {
                       job->ids = *std::move(got);
                       job->ids_of = number;
                     } else {
                       spdlog::warn("job {}: {}", id, got.failure().message);
                       job->again_at = now() + again_pause;
                     }
                     step(*job);
                   });
                 });
}

void jobs_state::resume_window(live_job& x) {
  x.preparing = true;
  auto begin = size_t(x.now.position - x.now.chunk_begin);
  auto end = size_t(x.now.window_end - x.now.chunk_begin);
  auto work = [shard = shard, id = x.id, number = x.now.chunk, begin, end,
               since = x.now.created_at, proof = x.action->proof](
                  const storage::store& from) -> result<remains> {
    auto ids = chunk_of(from, shard, id, number);
    if (!ids)
      return std::move(ids).failure();
    if (end > ids->size())
      return failure{errc::internal, "the ids of job " + id + " are too few"};
    std::vector<std::string> asked(ids->begin() + ptrdiff_t(begin),
                                   ids->begin() + ptrdiff_t(end));
    auto done = earlier_work(from, asked, id, since, proof);
    if (!done)
      return std::move(done).failure();
    return remains{*std::move(ids), *std::move(done)};
  };
  read_then<remains>(self, *context->readers, std::move(work),
                     [this, id = x.id](result<remains> got) {
                       guarded_call("jobs", [&] {
                         auto* job = find(id);
                         if (!job)
                           return;
                         job->preparing = false;
                         if (!got) {
                           spdlog::warn("job {}: {}", id,
                                        got.failure().message);
                           job->again_at = now() + again_pause;
                           return step(*job);
                         }
                         job->ids = std::move(got->ids);
                         job->ids_of = job->now.chunk;
                         open_window(*job);
                         bool canceled = job->ends();
                         for (size_t i = 0; i < job->items.size(); ++i) {
                           job->items[i].repeated = true;
                           if (got->done[i])
                             ++context->figures->repeated;
                           if (got->done[i])
                             end_item(*job, i, job_item::outcome::done);
                           else if (canceled)
                             end_item(*job, i, job_item::outcome::none);
                         }
                         send_next(*job);
                       });
                     });
}

} // namespace tutti
