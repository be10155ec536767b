#include "actors/queue/poll_registry.hpp"

#include "storage/keys.hpp"
#include "storage/records.hpp"

namespace tutti {

poll_registry::mark& poll_registry::touch(const std::string& task_type,
                                          const std::string& domain) {
  auto type = types_.try_emplace(task_type).first;
  auto [entry, fresh] = type->second.try_emplace(domain);
  if (!fresh) {
    order_.splice(order_.end(), order_, entry->second.order);
    return entry->second;
  }
  order_.emplace_back(type, entry);
  entry->second.order = std::prev(order_.end());
  for (; order_.size() > rows_max_; ++evicted_)
    forget(order_.front());
  return entry->second;
}

void poll_registry::forget(place which) {
  auto [type, entry] = which;
  if (entry->second.stored)
    forgotten_.push_back(storage::keys::poll_mark(type->first, entry->first));
  order_.erase(entry->second.order);
  type->second.erase(entry);
  if (type->second.empty())
    types_.erase(type);
}

void poll_registry::polled(const std::string& task_type,
                           const std::string& domain,
                           const std::string& worker_id) {
  auto now = clock_->now_ms();
  std::lock_guard guard{mutex_};
  auto& x = touch(task_type, domain);
  x.last_poll_time = now;
  x.written = false;
  if (x.worker_id != worker_id)
    x.worker_id = worker_id;
}

bool poll_registry::active(std::string_view task_type,
                           std::string_view domain) const {
  if (active_here(task_type, domain))
    return true;
  if (!elsewhere_)
    return false;
  auto queue = std::string(domain);
  if (!queue.empty())
    queue += ':';
  return elsewhere_(queue.append(task_type));
}

bool poll_registry::active_here(std::string_view task_type,
                                std::string_view domain) const {
  auto since = clock_->now_ms() - active_within_.count();
  std::lock_guard guard{mutex_};
  auto type = types_.find(task_type);
  if (type == types_.end())
    return false;
  auto x = type->second.find(domain);
  return x != type->second.end() && x->second.last_poll_time >= since;
}

void poll_registry::forget(std::chrono::milliseconds age) {
  auto before = clock_->now_ms() - age.count();
  std::lock_guard guard{mutex_};
  while (!order_.empty()
         && order_.front().second->second.last_poll_time < before)
    forget(order_.front());
}

// A clock that was set back must not make old polls look new.
result<done> poll_registry::load(const storage::store& store) {
  namespace keys = storage::keys;
  auto now = clock_->now_ms();
  auto from = keys::all_poll_marks();
  std::lock_guard guard{mutex_};
  auto visit = [&](std::string_view key, std::string_view record) {
    auto named = keys::read_poll_mark(key);
    auto stored = storage::read_poll_mark(record);
    if (!named || !stored)
      return true;
    auto& x = touch(named->task_type, named->domain);
    x.last_poll_time = std::min(stored->last_poll_time, now);
    x.worker_id = std::move(stored->worker_id);
    x.written = x.stored = true;
    return true;
  };
  auto read = store.scan(0, from, keys::after(from), visit);
  order_.sort([](const place& a, const place& b) {
    return a.second->second.last_poll_time < b.second->second.last_poll_time;
  });
  return read;
}

storage::batch poll_registry::changes() {
  namespace keys = storage::keys;
  using storage::operation;
  storage::batch out;
  std::lock_guard guard{mutex_};
  for (auto& key : std::exchange(forgotten_, {}))
    out.push_back({operation::kind::erase, std::move(key), {}});
  for (auto& [type, domains] : types_)
    for (auto& [domain, x] : domains)
      if (!std::exchange(x.written, true)) {
        x.stored = true;
        out.push_back({operation::kind::put, keys::poll_mark(type, domain),
                       storage::write(
                           storage::poll_mark{x.last_poll_time, x.worker_id})});
      }
  return out;
}

std::optional<poll_data> poll_registry::of(std::string_view task_type,
                                           std::string_view domain) const {
  std::lock_guard guard{mutex_};
  auto type = types_.find(task_type);
  if (type == types_.end())
    return std::nullopt;
  auto x = type->second.find(domain);
  if (x == type->second.end())
    return std::nullopt;
  return row(type->first, x->first, x->second);
}

std::vector<poll_data> poll_registry::of(const std::string& task_type) const {
  std::vector<poll_data> out;
  std::lock_guard guard{mutex_};
  if (auto type = types_.find(task_type); type != types_.end())
    for (auto& [domain, x] : type->second)
      out.push_back(row(task_type, domain, x));
  return out;
}

std::vector<poll_data> poll_registry::all() const {
  std::vector<poll_data> out;
  std::lock_guard guard{mutex_};
  for (auto& [type, domains] : types_)
    for (auto& [domain, x] : domains)
      out.push_back(row(type, domain, x));
  return out;
}

poll_registry::figures poll_registry::count() const {
  std::lock_guard guard{mutex_};
  return {order_.size(), evicted_};
}

poll_data poll_registry::row(const std::string& task_type,
                             const std::string& domain, const mark& x) {
  return {task_type, domain, x.worker_id, x.last_poll_time};
}

} // namespace tutti
