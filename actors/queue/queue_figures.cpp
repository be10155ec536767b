#include "actors/queue/queue_figures.hpp"

#include <algorithm>

namespace tutti {

namespace queue_figures_detail {

/// A queue's name without its domain.
std::string type_of(const std::string& queue) {
  auto colon = queue.find(':');
  return colon == queue.npos ? queue : queue.substr(colon + 1);
}

} // namespace queue_figures_detail

std::shared_ptr<queue_gauges> queue_table::of(const std::string& name) {
  std::lock_guard guard{mutex_};
  auto& out = queues_[name];
  if (!out)
    out = std::make_shared<queue_gauges>();
  return out;
}

void queue_table::left(const std::string& name) {
  std::lock_guard guard{mutex_};
  auto found = queues_.find(name);
  if (found == queues_.end())
    return;
  if (found->second->depth == 0)
    queues_.erase(found);
  else
    found->second->polls = 0;
}

void queue_table::offered(const std::string& name, size_t rows) {
  auto x = of(name);
  x->depth += int64_t(rows);
  x->offered += rows;
}

void queue_table::erased(const std::string& name, size_t rows) {
  std::lock_guard guard{mutex_};
  auto found = queues_.find(name);
  if (found == queues_.end())
    return;
  auto& depth = found->second->depth;
  depth = std::max<int64_t>(0, depth - int64_t(rows));
  if (depth == 0)
    queues_.erase(found);
}

std::map<std::string, int64_t> queue_table::depths_by_type() const {
  std::map<std::string, int64_t> out;
  std::lock_guard guard{mutex_};
  for (auto& [name, x] : queues_)
    out[queue_figures_detail::type_of(name)] += x->depth;
  return out;
}

std::vector<queue_table::entry> queue_table::deepest(size_t& left_out) const {
  std::vector<entry> out;
  {
    std::lock_guard guard{mutex_};
    out.assign(queues_.begin(), queues_.end());
  }
  left_out = out.size() - std::min(out.size(), shown_max_);
  if (left_out == 0)
    return out;
  auto depth = [](const entry& x) { return x.second->depth.load(); };
  std::ranges::nth_element(out, out.begin() + std::ptrdiff_t(shown_max_),
                           std::ranges::greater(), depth);
  out.resize(shown_max_);
  std::ranges::sort(out, {}, &entry::first);
  return out;
}

std::vector<metric> queue_table::metrics(int64_t now_ms) const {
  using kind = metric::kind;
  metric depth{
      "tutti_queue_depth", "Tasks that wait in a queue", kind::gauge, {}};
  metric delayed{"tutti_queue_delayed",
                 "Those in memory that may not be handed out yet",
                 kind::gauge,
                 {}};
  metric age{"tutti_queue_oldest_age_seconds",
             "How long the oldest task in memory could have been handed out",
             kind::gauge,
             {}};
  metric handed{"tutti_queue_handed_out",
                "Tasks handed out whose executions have not recorded it yet",
                kind::gauge,
                {}};
  metric polls{
      "tutti_queue_polls", "Polls that wait for a task", kind::gauge, {}};
  metric offered{"tutti_queue_offered_total",
                 "Tasks that came into a queue",
                 kind::counter,
                 {}};
  metric popped{"tutti_queue_popped_total",
                "Tasks that polls took from a queue",
                kind::counter,
                {}};
  size_t left_out = 0;
  for (auto& [name, x] : deepest(left_out)) {
    std::map<std::string, std::string> labels{{"queue", name}};
    auto add = [&](metric& to, double value) {
      to.samples.push_back({labels, value});
    };
    auto oldest = x->oldest_at.load();
    add(depth, double(x->depth));
    add(delayed, double(x->delayed));
    add(age,
        oldest == 0 ? 0 : double(std::max<int64_t>(0, now_ms - oldest)) / 1000);
    add(handed, double(x->handed_out));
    add(polls, double(x->polls));
    add(offered, double(x->offered));
    add(popped, double(x->popped));
  }
  metric hidden{"tutti_queue_series_left_out",
                "Queues whose metrics are not shown, because there are too "
                "many (node.metric_series_max)",
                kind::gauge,
                {{{}, double(left_out)}}};
  return {std::move(depth),  std::move(delayed), std::move(age),
          std::move(handed), std::move(polls),   std::move(offered),
          std::move(popped), std::move(hidden)};
}

} // namespace tutti
