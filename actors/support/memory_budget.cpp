#include "actors/support/memory_budget.hpp"

#include "messages/model/bounds.hpp"

#include <algorithm>

namespace tutti {

namespace memory_budget_detail {

constexpr size_t mib = size_t{1} << 20;

/// Starts of that size are hardly ever what spends the budget, and they are
/// most of all starts: what others take must not keep them out.
constexpr size_t small_start_bytes = 8 << 10;

/// A level is left only well below where it begins: no flicker.
constexpr size_t slack_percent = 5;

/// An address space of which four fifths are taken counts as a spent budget: it
/// is shared with stacks and files, and has gaps.
constexpr size_t taken_percent = 80;

size_t of_address_space(size_t taken, size_t limit) {
  return limit == SIZE_MAX ? 0
                           : taken / (limit / 100 * taken_percent / 100 + 1);
}

} // namespace memory_budget_detail

void memory_budget::measured(usage x) {
  resident_ = x.resident;
  allocated_ = x.allocated;
  if (bytes_ == 0)
    return;
  auto percent = std::max(
      x.resident / (bytes_ / 100 + 1),
      memory_budget_detail::of_address_space(x.address_space, address_space_));
  percent_ = percent;
  auto reached = [&](size_t bound, bool was_there) {
    using memory_budget_detail::slack_percent;
    return percent + (was_there ? slack_percent : 0) >= bound;
  };
  if (reached(100, spent()))
    level_ = level::spent;
  else if (reached(tight_percent, tight()))
    level_ = level::tight;
  else
    level_ = level::plenty;
}

std::optional<failure> memory_budget::admit() const {
  using memory_budget_detail::mib;
  if (!spent())
    return std::nullopt;
  return failure{errc::too_many,
                 sentence_of(bounds::memory, resident_ / mib, bytes_ / mib)};
}

std::optional<failure> memory_budget::begin_start(size_t input_bytes) {
  using memory_budget_detail::mib;
  auto weight = weight_of(input_bytes);
  auto begun = begun_.fetch_add(weight) + weight;
  bool small = input_bytes <= memory_budget_detail::small_start_bytes;
  auto most = small ? percent_of(reserve_percent) : bytes_;
  // One alone may always try.
  bool much = bytes_ > 0 && begun > weight && resident_ + begun > most;
  bool full = small ? percent_ >= reserve_percent : spent();
  if (!full && !much)
    return std::nullopt;
  begun_ -= weight;
  ++shed_;
  return failure{errc::too_many,
                 sentence_of(bounds::memory,
                             (resident_ + (much ? begun : 0)) / mib,
                             bytes_ / mib)};
}

std::vector<metric> memory_budget::metrics() const {
  using kind = metric::kind;
  auto one = [](const char* name, const char* help, kind what, double value) {
    return metric{name, help, what, {{{}, value}}};
  };
  return {
      one("tutti_memory_budget_bytes",
          "Memory above which new starts are refused", kind::gauge,
          double(bytes_)),
      one("tutti_memory_resident_bytes",
          "Memory that the system has given to the node", kind::gauge,
          double(resident_)),
      one("tutti_memory_allocated_bytes", "Memory in use within that",
          kind::gauge, double(allocated_)),
      one("tutti_memory_level", "0: plenty, 1: tight, 2: the budget is spent",
          kind::gauge, double(level_.load())),
      one("tutti_memory_starts_refused_total",
          "Starts that were refused because the memory budget was spent",
          kind::counter, double(shed_)),
  };
}

std::vector<metric> metrics_of(const memory_account& x) {
  using kind = metric::kind;
  auto now = x.count_all();
  metric held{"tutti_memory_heavy_bytes",
              "Memory that heavy things hold, by their kind",
              kind::gauge,
              {}};
  for (size_t i = 0; i < memory_uses; ++i)
    held.samples.push_back(
        {{{"use", to_text(memory_use(i))}}, double(now.held[i])});
  return {
      std::move(held),
      {"tutti_memory_heavy_limit_bytes",
       "Memory that all heavy things may hold together",
       kind::gauge,
       {{{}, double(now.limit)}}},
      {"tutti_memory_heavy_refused_total",
       "Heavy things that were refused, or failed, because there was no memory "
       "for them",
       kind::counter,
       {{{}, double(now.refused)}}},
      {"tutti_memory_heavy_waited_total",
       "Executions and responses that waited for memory",
       kind::counter,
       {{{}, double(now.waited)}}},
      {"tutti_memory_heavy_waiting",
       "Executions and responses that wait for memory now",
       kind::gauge,
       {{{}, double(now.waiting)}}},
  };
}

} // namespace tutti
