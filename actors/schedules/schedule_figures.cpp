#include "actors/schedules/schedules_context.hpp"

namespace tutti {

bool schedule_figures::add_one(size_t most) {
  if (schedules_.fetch_add(1) < int64_t(most))
    return true;
  --schedules_;
  return false;
}

void schedule_figures::ended(const firing& x) {
  ended_[size_t(x.outcome)] += x.count;
}

void schedule_figures::late(int64_t ms) {
  ms = std::max<int64_t>(ms, 0);
  size_t i = 0;
  while (i < buckets.size() && double(ms) > buckets[i] * 1'000)
    ++i;
  ++late_[i];
  late_ms_ += ms;
}

std::vector<metric> schedule_figures::metrics() const {
  using kind = metric::kind;
  metric firings{"tutti_schedule_firings_total",
                 "Instants of schedules by what became of them",
                 kind::counter,
                 {}};
  constexpr std::pair<const char*, firing_outcome> outcomes[]
      = {{"started", firing_outcome::started},
         {"refused", firing_outcome::refused},
         {"missed", firing_outcome::missed},
         {"skipped", firing_outcome::skipped}};
  for (auto& [name, what] : outcomes)
    firings.samples.push_back(
        {{{"outcome", name}}, double(ended_[size_t(what)])});
  metric late{"tutti_schedule_late_seconds",
              "How long after its time an instant was decided",
              kind::histogram,
              {{{}, double(late_ms_) / 1'000, {}}}};
  uint64_t sum = 0;
  for (size_t i = 0; i < late_.size(); ++i) {
    sum += uint64_t(late_[i]);
    auto most = i < buckets.size() ? buckets[i]
                                   : std::numeric_limits<double>::infinity();
    late.samples[0].buckets.emplace_back(most, sum);
  }
  return {
      {"tutti_schedules", "Schedules", kind::gauge, {{{}, double(schedules_)}}},
      {"tutti_schedule_starts_in_flight",
       "Executions that schedules are starting",
       kind::gauge,
       {{{}, double(in_flight_)}}},
      std::move(firings),
      std::move(late)};
}

} // namespace tutti
