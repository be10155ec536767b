#include "actors/queue/queue_rows.hpp"

#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <limits>
#include <set>

namespace tutti {

namespace keys = storage::keys;

namespace queue_rows_detail {

waiting_task to_task(keys::queue_key k, std::string_view record) {
  auto entry = storage::read_queue_entry(record);
  return {std::move(k.queue),
          std::move(entry.workflow_id),
          std::move(k.task_id),
          k.priority,
          k.visible_at,
          k.seq,
          std::move(entry.limited_by),
          entry.own_limit,
          entry.input_bytes};
}

/// After all rows of this priority.
std::string end_of_priority(const std::string& queue, int32_t priority) {
  if (priority == 0)
    return keys::after(keys::rows_of_queue(queue));
  return keys::queue(queue, priority - 1, 0, 0, {});
}

/// After all visible rows of this priority.
std::string end_of_visible(const std::string& queue, int32_t priority,
                           int64_t now) {
  return keys::queue(queue, priority, now + 1, 0, {});
}

template <class T>
void lower(std::optional<T>& bound, T x) {
  if (!bound || x < *bound)
    bound = std::move(x);
}

} // namespace queue_rows_detail

result<queue_page> queue_rows::read(const storage::store& store,
                                    const std::string& queue,
                                    const std::optional<queue_rank>& from,
                                    int64_t now) const {
  queue_page page;
  page.from_start = !from;
  // Ids, and so the best rows, are spread evenly over shards: each reads its
  // part of the page.
  auto rows_max = std::max<size_t>(page_rows_ / shards_.size(), 16);
  for (auto shard : shards_)
    if (auto all = read_shard(page, store, shard, queue, from, now, rows_max);
        !all)
      return std::move(all).failure();
  return page;
}

/// Keys are ordered by priority, then by time, so each priority has its visible
/// rows before its delayed ones. Rows outside of the request are skipped by
/// seeking, not read.
result<done> queue_rows::read_shard(queue_page& page,
                                    const storage::store& store, uint32_t shard,
                                    const std::string& queue,
                                    const std::optional<queue_rank>& from,
                                    int64_t now, size_t rows_max) const {
  using namespace queue_rows_detail;
  auto end = keys::after(keys::rows_of_queue(queue));
  auto at = from ? keys::queue(queue, 255 - from->urgency, from->visible_at,
                               from->seq, from->task_id)
                 : keys::rows_of_queue(queue);
  size_t ready = 0, delayed = 0;
  int32_t delayed_priority = -1;
  bool ready_full = false;
  while (!at.empty() && at < end) {
    std::string jump;
    auto visit = [&](auto key, auto value) {
      auto k = keys::read_queue(key);
      if (!k)
        return true;
      if (k->visible_at <= now) {
        if (ready == rows_max) {
          if (!ready_full)
            lower(page.ready_end, rank_of(to_task(*k, value)));
          ready_full = true;
          if (page.from_start)
            jump = end_of_visible(queue, k->priority, now);
          return false;
        }
        ++ready;
        page.ready.push_back(to_task(std::move(*k), value));
        return true;
      }
      if (k->priority != delayed_priority) {
        delayed_priority = k->priority;
        delayed = 0;
      }
      if (!page.from_start || delayed == rows_max) {
        if (page.from_start)
          lower(page.delayed_end, k->visible_at);
        jump = end_of_priority(queue, k->priority);
        return false;
      }
      ++delayed;
      page.delayed.push_back(to_task(std::move(*k), value));
      return true;
    };
    if (auto all = store.scan(shard, at, end, visit); !all)
      return all;
    at = std::move(jump);
  }
  return done{};
}

result<bool> queue_rows::any(const storage::store& store,
                             const std::string& queue) const {
  auto prefix = keys::rows_of_queue(queue);
  auto end = keys::after(prefix);
  for (auto shard : shards_) {
    auto first = store.read(shard, {prefix, end}, {1});
    if (!first)
      return std::move(first).failure();
    if (!first->empty())
      return true;
  }
  return false;
}

result<size_t> queue_rows::count(const storage::store& store,
                                 const std::string& queue) const {
  auto prefix = keys::rows_of_queue(queue);
  auto end = keys::after(prefix);
  size_t out = 0;
  auto visit = [&](auto, auto) { return ++out > 0; };
  for (auto shard : shards_)
    if (auto all = store.scan(shard, prefix, end, visit); !all)
      return std::move(all).failure();
  return out;
}

// The rank over all shards: reads every shard up to it. Rows whose delay is not
// over count as well.
result<size_t> queue_rows::position(const storage::store& store,
                                    const waiting_task& row,
                                    size_t counted_max) const {
  auto from = keys::rows_of_queue(row.queue);
  auto to = keys::queue(row.queue, row.priority, row.visible_at, row.seq,
                        row.task_id);
  size_t out = 0;
  auto visit = [&](auto, auto) { return ++out < counted_max; };
  for (auto shard : shards_)
    if (auto all = store.scan(shard, from, to, visit); !all)
      return std::move(all).failure();
  return out;
}

result<bool> queue_rows::holds(const storage::store& store,
                               const waiting_task& row) const {
  auto key = keys::queue(row.queue, row.priority, row.visible_at, row.seq,
                         row.task_id);
  for (auto shard : shards_) {
    auto found = store.get(shard, key);
    if (!found)
      return std::move(found).failure();
    if (*found)
      return true;
  }
  return false;
}

result<std::vector<std::string>>
queue_rows::names(const storage::store& store) const {
  std::set<std::string> out;
  auto end = keys::after(keys::all_queues());
  for (auto shard : shards_) {
    auto at = keys::all_queues();
    while (!at.empty()) {
      auto first = store.read(shard, {at, end}, {1});
      if (!first)
        return std::move(first).failure();
      at.clear();
      if (first->empty())
        break;
      if (auto k = keys::read_queue((*first)[0].key)) {
        at = keys::after(keys::rows_of_queue(k->queue));
        out.insert(std::move(k->queue));
      }
    }
  }
  return std::vector<std::string>(out.begin(), out.end());
}

} // namespace tutti
