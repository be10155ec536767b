#include "actors/metrics/series_table.hpp"

#include <algorithm>
#include <limits>

namespace tutti {

namespace series_table_detail {

/// As Conductor's timers have them.
constexpr double quantiles[] = {0.5, 0.75, 0.9, 0.95, 0.99};

} // namespace series_table_detail

series_table::series_table(std::vector<family> families, size_t series_max)
    : families_(std::move(families)),
      series_max_(std::max<size_t>(1, series_max)) {}

series_table::series& series_table::find(family_number in, values labels) {
  key_.assign(1, char(in));
  for (auto x : labels)
    key_.append(x) += '\0';
  if (auto found = known_.find(key_); found != known_.end()) {
    order_.splice(order_.end(), order_, found->second);
    return order_.back();
  }
  while (known_.size() >= series_max_) {
    known_.erase(order_.front().key);
    order_.pop_front();
    ++forgotten_;
  }
  order_.push_back({key_, in, {labels.begin(), labels.end()}, 0, 0, {}});
  known_.emplace(order_.back().key, std::prev(order_.end()));
  return order_.back();
}

void series_table::count(family_number in, values labels, double by) {
  std::lock_guard guard{mutex_};
  find(in, labels).value += by;
}

void series_table::set(family_number in, values labels, double value) {
  std::lock_guard guard{mutex_};
  find(in, labels).value = value;
}

void series_table::observe(family_number in, values labels, double value,
                           instant now) {
  std::lock_guard guard{mutex_};
  auto& x = find(in, labels);
  x.value += value;
  ++x.count;
  x.recent.add(value, now);
}

std::vector<metric> series_table::metrics(instant now) {
  std::vector<metric> out;
  for (auto& x : families_)
    out.push_back({x.name, x.help, x.what, {}});
  std::lock_guard guard{mutex_};
  for (auto& x : order_) {
    auto& of = families_[x.in];
    auto& to = out[x.in].samples.emplace_back();
    for (size_t i = 0; i < of.labels.size(); ++i)
      if (!x.labels[i].empty())
        to.labels[of.labels[i]] = x.labels[i];
    to.value = x.value;
    to.count = x.count;
    if (of.what != metric::kind::summary)
      continue;
    for (auto q : series_table_detail::quantiles)
      to.quantiles.emplace_back(q,
                                x.recent.at(q, now).value_or(
                                    std::numeric_limits<double>::quiet_NaN()));
  }
  std::erase_if(out, [](auto& x) { return x.samples.empty(); });
  return out;
}

uint64_t series_table::forgotten() const {
  std::lock_guard guard{mutex_};
  return forgotten_;
}

} // namespace tutti
