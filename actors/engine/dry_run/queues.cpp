#include "actors/engine/dry_run/queues.hpp"

#include <tuple>

namespace tutti::engine::dry_run {

bool queues::first_out::operator()(const entry& a, const entry& b) const {
  auto key = [](const entry& x) {
    return std::make_tuple(-x.row.priority, x.row.visible_at, x.row.seq,
                           std::string_view(x.row.task_id));
  };
  return key(a) < key(b);
}

void queues::offer(const queue_row& row, const std::string& workflow_id) {
  all_[row.queue].insert({row, workflow_id});
}

void queues::withdraw(const queue_row& row) {
  if (auto i = all_.find(row.queue); i != all_.end())
    i->second.erase({row, {}});
}

void queues::forget(const std::string& workflow_id) {
  for (auto& [name, waiting] : all_)
    std::erase_if(waiting,
                  [&](auto& x) { return x.workflow_id == workflow_id; });
}

const queues::entry* queues::head(std::string_view queue, int64_t now) const {
  if (auto i = all_.find(queue); i != all_.end())
    for (auto& x : i->second)
      if (x.row.visible_at <= now)
        return &x;
  return nullptr;
}

size_t queues::size(std::string_view queue) const {
  auto i = all_.find(queue);
  return i == all_.end() ? 0 : i->second.size();
}

int64_t queues::next_visible(int64_t now) const {
  int64_t next = 0;
  for (auto& [name, waiting] : all_)
    for (auto& x : waiting)
      if (auto at = x.row.visible_at; at > now && (next == 0 || at < next))
        next = at;
  return next;
}

} // namespace tutti::engine::dry_run
