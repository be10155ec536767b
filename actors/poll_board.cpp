#include "actors/poll_board.hpp"

namespace tutti {

void poll_board::polled(const std::string& task_type, const std::string& domain,
                        const std::string& worker_id) {
  auto now = clock_->now_ms();
  std::lock_guard guard{mutex_};
  auto& x = types_[task_type][domain];
  x.last_poll_time = now;
  if (x.worker_id != worker_id)
    x.worker_id = worker_id;
}

bool poll_board::active(std::string_view task_type,
                        std::string_view domain) const {
  auto since = clock_->now_ms() - active_within_.count();
  std::lock_guard guard{mutex_};
  auto type = types_.find(task_type);
  if (type == types_.end())
    return false;
  auto x = type->second.find(domain);
  return x != type->second.end() && x->second.last_poll_time >= since;
}

void poll_board::forget(std::chrono::milliseconds age) {
  auto before = clock_->now_ms() - age.count();
  std::lock_guard guard{mutex_};
  for (auto type = types_.begin(); type != types_.end();) {
    std::erase_if(type->second, [&](auto& domain) {
      return domain.second.last_poll_time < before;
    });
    type = type->second.empty() ? types_.erase(type) : std::next(type);
  }
}

std::optional<poll_data> poll_board::of(std::string_view task_type,
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

std::vector<poll_data> poll_board::of(const std::string& task_type) const {
  std::vector<poll_data> out;
  std::lock_guard guard{mutex_};
  if (auto type = types_.find(task_type); type != types_.end())
    for (auto& [domain, x] : type->second)
      out.push_back(row(task_type, domain, x));
  return out;
}

std::vector<poll_data> poll_board::all() const {
  std::vector<poll_data> out;
  std::lock_guard guard{mutex_};
  for (auto& [type, domains] : types_)
    for (auto& [domain, x] : domains)
      out.push_back(row(type, domain, x));
  return out;
}

poll_data poll_board::row(const std::string& task_type,
                          const std::string& domain, const mark& x) {
  return {task_type, domain, x.worker_id, x.last_poll_time};
}

} // namespace tutti
