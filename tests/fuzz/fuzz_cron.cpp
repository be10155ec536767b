// Cron expressions in zones, at any instant: three lines of text. What comes
// next is later, and the way back from it leads to the same instants.

#include "messages/model/query/literals.hpp"
#include "messages/model/schedules/cron_times.hpp"
#include "messages/model/schedules/schedule_times.hpp"
#include "tests/fuzz/expect.hpp"

#include <algorithm>

namespace tutti::fuzz {

namespace cron_detail {

/// 1900 to 2500: before and behind all tables of zones.
constexpr int64_t earliest = -2'208'988'800, latest = 16'725'225'600;

int64_t within(int64_t x) { return std::clamp(x, earliest, latest); }

void check_wall(const cron_expression& what, int64_t wall) {
  auto next = what.next(wall);
  auto previous = what.previous(wall);
  if (next) {
    expect(*next >= wall, "the next time is not before");
    expect(what.matches(*next), "the next time matches");
    expect(what.previous(*next) == next, "and is the last one until then");
    auto between = what.previous(*next - 1);
    expect(!between || *between < wall, "there is none in between");
  }
  if (previous) {
    expect(*previous <= wall, "the last time is not behind");
    expect(what.matches(*previous), "the last time matches");
    expect(what.next(*previous) == previous, "and is the next one from then");
  }
  expect(what.matches(wall) == (next == wall && previous == wall),
         "a time matches both ways");
}

void check_instant(const cron_times& times, int64_t at) {
  auto next = times.next(at);
  auto previous = times.previous(at + 1);
  if (next) {
    expect(*next > at, "the next instant is later");
    expect(times.previous(*next + 1) == next, "and is found from behind it");
    // It may lie further back than anybody searches.
    auto before = times.previous(*next);
    expect(!before || *before <= at, "there is none in between");
    if (previous)
      expect(before == previous, "and the one before it is the last one");
  }
  if (previous) {
    expect(*previous <= at, "the last instant is not later");
    auto after = times.next(*previous - 1);
    expect(after == previous, "and is found from before it");
    if (next)
      expect(times.next(*previous) == next, "and the next one follows it");
  }
}

/// The instants of two expressions are those of both, each once.
void check_union(const std::vector<cron_schedule>& crons, int64_t at_ms) {
  auto both = schedule_times::make(crons, 0, 0);
  if (!both)
    return;
  int64_t last = at_ms;
  for (auto instant : both->next_few(at_ms, 8)) {
    expect(instant > last, "instants of a schedule ascend");
    expect(both->previous(instant + 1) == instant, "and are found backwards");
    auto& whose = both->cron_of(instant);
    auto own = cron_times::make(whose.cron_expression, whose.zone_id);
    expect(own && own->next(instant / 1'000 - 1) == instant / 1'000,
           "an instant is one of the expression that it is said to be of");
    last = instant;
  }
}

} // namespace cron_detail

} // namespace tutti::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tutti;
  using namespace tutti::fuzz;
  using namespace tutti::fuzz::cron_detail;
  auto rest = as_text(data, size);
  auto expression = take_line(rest);
  auto zone = take_line(rest);
  auto given = query::to_integer(take_line(rest));
  auto at = within(given.value_or(1'700'000'000));

  auto what = cron_expression::parse(expression);
  if (!what) {
    expect(!what.failure().message.empty(), "a refusal says why");
    return 0;
  }
  check_wall(*what, at);
  auto times = cron_times::make(expression, zone);
  if (!times)
    return 0;
  check_instant(*times, at);
  // Around the changes of the clock that are next to it.
  auto where = time_zone::find(zone);
  auto span = where->span_at(at);
  for (auto change : {span.begin, span.end})
    if (change > earliest && change < latest)
      for (int64_t beside : {-3'600, -1, 0, 1, 1'800, 3'600})
        check_instant(*times, change + beside);
  cron_schedule one{std::string(expression), std::string(zone)};
  cron_schedule two{"0 30 2 * * *", std::string(zone)};
  check_union({one, two}, std::max<int64_t>(at, 0) * 1'000);
  return 0;
}
