#include "actors/limits/task_limits.hpp"

#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

namespace tutti {

namespace keys = storage::keys;

struct task_limits::limiter {
  explicit limiter(std::string definition)
      : definition(std::move(definition)) {}

  const std::string definition;
  std::mutex mutex;
  /// Tasks that were granted since the start, and, once loaded, before; true
  /// when the execution says so durably.
  std::unordered_map<std::string, bool> leases;
  bool known
      = false; ///< the stored leases and grants are in `leases` and `window`
  size_t reads = 0; ///< under way
  /// Leases that ended during a read, whose result may still contain them.
  std::unordered_set<std::string> ended_meanwhile;
  rate_window window;
  /// Queues whose tasks were refused, in the order of their first refusal.
  std::vector<std::string> refused;

  void remember(const std::string& queue) {
    if (std::find(refused.begin(), refused.end(), queue) == refused.end())
      refused.push_back(queue);
  }
};

task_limits::task_limits(std::shared_ptr<const tutti::clock> clock,
                         definitions registered)
    : clock_(std::move(clock)), registered_(std::move(registered)) {}

task_limits::~task_limits() = default;

void task_limits::when_eased(std::function<void(limit_eased)> tell) {
  eased_ = std::move(tell);
}

task_limits::limiter&
task_limits::limiter_of(const std::string& definition) const {
  {
    std::shared_lock guard{mutex_};
    if (auto i = limiters_.find(definition); i != limiters_.end())
      return *i->second;
  }
  std::unique_lock guard{mutex_};
  auto& out = limiters_[definition];
  if (!out)
    out = std::make_unique<limiter>(definition);
  return *out;
}

task_limit task_limits::limit_now(const std::string& definition,
                                  task_limit own) const {
  auto registered = registered_()->find_task(definition);
  return registered ? limit_of(*registered) : own;
}

namespace task_limits_detail {

result<std::vector<task_lease>> leases(const storage::store& from,
                                       const std::string& definition,
                                       size_t count_max) {
  std::vector<task_lease> out;
  auto begin = keys::leases_of(definition), end = keys::after(begin);
  auto visit = [&](std::string_view key, std::string_view record) {
    if (auto lease = storage::read_lease(key, record))
      out.push_back(std::move(*lease));
    return out.size() < count_max;
  };
  for (uint32_t shard = 0; shard < from.shards() && out.size() < count_max;
       ++shard)
    if (auto all = from.scan(shard, begin, end, visit); !all)
      return std::move(all).failure();
  return out;
}

result<std::vector<rate_window::grant>> grants(const storage::store& from,
                                               const std::string& definition) {
  std::vector<rate_window::grant> out;
  auto begin = keys::grants_of(definition), end = keys::after(begin);
  auto visit = [&](std::string_view key, std::string_view value) {
    rate_window::grant one;
    auto named = keys::read_grant(key);
    std::from_chars(value.data(), value.data() + value.size(), one.at);
    if (named) {
      one.slot = named->slot;
      out.push_back(std::move(one));
    }
    return true;
  };
  for (uint32_t shard = 0; shard < from.shards(); ++shard)
    if (auto all = from.scan(shard, begin, end, visit); !all)
      return std::move(all).failure();
  return out;
}

} // namespace task_limits_detail

result<task_limits::stored> task_limits::read(const storage::store& from,
                                              const std::string& definition) {
  auto leases = task_limits_detail::leases(from, definition, SIZE_MAX);
  if (!leases)
    return std::move(leases).failure();
  auto grants = task_limits_detail::grants(from, definition);
  if (!grants)
    return std::move(grants).failure();
  return stored{*std::move(leases), *std::move(grants)};
}

// A lease that ended during the read is reported after its end is durable, so
// it is either not in `found` or in `ended_meanwhile`.
void task_limits::learn(const std::string& definition, result<stored> found) {
  auto& x = limiter_of(definition);
  std::lock_guard guard{x.mutex};
  --x.reads;
  if (found && !std::exchange(x.known, true)) {
    for (auto& lease : found->leases)
      if (lease.limited && !x.ended_meanwhile.contains(lease.task_id))
        x.leases[std::move(lease.task_id)] = true;
    x.window.load(std::move(found->grants), clock_->now_ms());
  }
  if (x.known || x.reads == 0)
    x.ended_meanwhile.clear();
}

limit_verdict task_limits::acquire(const waiting_task& task) {
  auto limit = limit_now(task.limited_by, task.own_limit);
  auto& x = limiter_of(task.limited_by);
  limit_verdict out;
  out.limited = limit.any();
  std::lock_guard guard{x.mutex};
  if (x.leases.contains(task.task_id)) {
    out.held_before = true;
    return out;
  }
  if (limit.any() && !x.known) {
    ++x.reads;
    out.granted = false;
    out.unknown = true;
    return out;
  }
  if (limit.limits_concurrency()) {
    if (x.leases.size() >= size_t(limit.concurrent)) {
      x.remember(task.queue);
      out.granted = false;
      return out;
    }
  }
  if (limit.limits_rate()) {
    auto now = clock_->now_ms();
    auto width = int64_t(limit.seconds) * 1000;
    x.window.forget(now - width);
    if (x.window.size() >= size_t(limit.grants)) {
      x.remember(task.queue);
      out.granted = false;
      out.retry_at = *x.window.oldest() + width;
      return out;
    }
    auto& grant = x.window.add(now, task.task_id);
    out.granted_at = grant.at;
    out.slot = grant.slot;
  }
  x.leases.emplace(task.task_id, false);
  return out;
}

void task_limits::taken(const std::string& definition,
                        const std::string& task_id) {
  auto& x = limiter_of(definition);
  std::lock_guard guard{x.mutex};
  x.ended_meanwhile.erase(task_id);
  x.leases[task_id] = true;
}

void task_limits::give_back(const std::string& definition,
                            const std::string& task_id) {
  if (definition.empty())
    return;
  auto& x = limiter_of(definition);
  std::vector<std::string> queues;
  {
    std::lock_guard guard{x.mutex};
    auto i = x.leases.find(task_id);
    if (i == x.leases.end() || i->second)
      return;
    x.leases.erase(i);
    x.window.take_back(task_id);
    queues = std::exchange(x.refused, {});
  }
  tell(definition, std::move(queues));
}

void task_limits::ended(const std::string& definition,
                        const std::string& task_id) {
  auto& x = limiter_of(definition);
  std::vector<std::string> queues;
  {
    std::lock_guard guard{x.mutex};
    if (!x.known && x.reads > 0)
      x.ended_meanwhile.insert(task_id);
    if (x.leases.erase(task_id) > 0)
      queues = std::exchange(x.refused, {});
  }
  tell(definition, std::move(queues));
}

void task_limits::tell(const std::string& definition,
                       std::vector<std::string> queues) const {
  if (!queues.empty() && eased_)
    eased_({definition, std::move(queues)});
}

std::map<std::string, size_t> task_limits::in_progress() const {
  std::map<std::string, size_t> out;
  std::shared_lock all{mutex_};
  for (auto& [definition, x] : limiters_) {
    std::lock_guard guard{x->mutex};
    if (x->known)
      out.emplace(definition, x->leases.size());
  }
  return out;
}

// Reads unknown definitions for this report only.
result<limit_picture> task_limits::look(const storage::store& from,
                                        const std::string& definition,
                                        task_limit own,
                                        size_t holders_max) const {
  limit_picture out;
  out.definition = definition;
  out.limit = limit_now(definition, own);
  auto holders = task_limits_detail::leases(from, definition, holders_max);
  if (!holders)
    return std::move(holders).failure();
  out.holders = *std::move(holders);
  std::sort(out.holders.begin(), out.holders.end(),
            [](auto& a, auto& b) { return a.since < b.since; });
  auto& x = limiter_of(definition);
  std::unique_lock guard{x.mutex};
  result<stored> found{stored{}};
  if (!x.known) {
    guard.unlock();
    found = read(from, definition);
    if (!found)
      return std::move(found).failure();
    guard.lock();
  }

  auto now = clock_->now_ms();
  auto window = x.window;
  out.in_progress = x.leases.size();
  if (!x.known) {
    for (auto& lease : found->leases)
      out.in_progress += lease.limited && !x.leases.contains(lease.task_id);
    window.load(std::move(found->grants), now);
  }
  if (out.limit.limits_concurrency()) {
    auto all = size_t(out.limit.concurrent);
    out.slots_left = all - std::min(all, out.in_progress);
  }
  if (out.limit.limits_rate()) {
    auto width = int64_t(out.limit.seconds) * 1000;
    window.forget(now - width);
    auto all = size_t(out.limit.grants);
    out.grants_left = all - std::min(all, window.size());
    if (*out.grants_left == 0)
      out.next_grant_at = *window.oldest() + width;
  }
  return out;
}

} // namespace tutti
