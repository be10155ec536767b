#include "actors/limits/task_limits.hpp"

#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <algorithm>
#include <charconv>

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
  bool leases_loaded = false, grants_loaded = false;
  rate_window window;
  /// Queues that were refused, in the order of their first refusal.
  std::vector<std::string> refused;

  void remember(const std::string& queue) {
    if (std::find(refused.begin(), refused.end(), queue) == refused.end())
      refused.push_back(queue);
  }
};

task_limits::task_limits(std::shared_ptr<const storage::store> store,
                         std::shared_ptr<const tutti::clock> clock,
                         definitions registered)
    : store_(std::move(store)), clock_(std::move(clock)),
      registered_(std::move(registered)) {}

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

// Under the limiter's lock: a lease that ends meanwhile is told after its end
// is durable, so it is either not read here or taken out right after.
void task_limits::load_leases(limiter& x) const {
  if (std::exchange(x.leases_loaded, true))
    return;
  for (auto& lease : stored_leases(x.definition, SIZE_MAX))
    if (lease.limited)
      x.leases[std::move(lease.task_id)] = true;
}

std::vector<task_lease>
task_limits::stored_leases(const std::string& definition,
                           size_t count_max) const {
  std::vector<task_lease> out;
  auto from = keys::leases_of(definition), to = keys::after(from);
  for (uint32_t shard = 0; shard < store_->shards(); ++shard)
    store_->scan(shard, from, to,
                 [&](std::string_view key, std::string_view record) {
                   if (auto lease = storage::read_lease(key, record))
                     out.push_back(std::move(*lease));
                   return out.size() < count_max;
                 });
  return out;
}

void task_limits::load_grants(limiter& x, int64_t now) const {
  if (std::exchange(x.grants_loaded, true))
    return;
  std::vector<rate_window::grant> stored;
  auto from = keys::grants_of(x.definition), to = keys::after(from);
  for (uint32_t shard = 0; shard < store_->shards(); ++shard)
    store_->scan(
        shard, from, to, [&](std::string_view key, std::string_view value) {
          rate_window::grant one;
          auto named = keys::read_grant(key);
          std::from_chars(value.data(), value.data() + value.size(), one.at);
          if (named) {
            one.slot = named->slot;
            stored.push_back(std::move(one));
          }
          return true;
        });
  x.window.load(std::move(stored), now);
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
  if (limit.limits_concurrency()) {
    load_leases(x);
    if (x.leases.size() >= size_t(limit.concurrent)) {
      x.remember(task.queue);
      out.granted = false;
      return out;
    }
  }
  if (limit.limits_rate()) {
    auto now = clock_->now_ms();
    auto width = int64_t(limit.seconds) * 1000;
    load_grants(x, now);
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

limit_picture task_limits::look(const std::string& definition, task_limit own,
                                size_t holders_max) const {
  limit_picture out;
  out.definition = definition;
  out.limit = limit_now(definition, own);
  auto now = clock_->now_ms();
  auto& x = limiter_of(definition);
  {
    std::lock_guard guard{x.mutex};
    load_leases(x);
    out.in_progress = x.leases.size();
    if (out.limit.limits_concurrency()) {
      auto all = size_t(out.limit.concurrent);
      out.slots_left = all - std::min(all, out.in_progress);
    }
    if (out.limit.limits_rate()) {
      auto width = int64_t(out.limit.seconds) * 1000;
      load_grants(x, now);
      x.window.forget(now - width);
      auto all = size_t(out.limit.grants);
      out.grants_left = all - std::min(all, x.window.size());
      if (*out.grants_left == 0)
        out.next_grant_at = *x.window.oldest() + width;
    }
  }
  if (holders_max > 0) {
    out.holders = stored_leases(definition, holders_max);
    std::sort(out.holders.begin(), out.holders.end(),
              [](auto& a, auto& b) { return a.since < b.since; });
  }
  return out;
}

} // namespace tutti
