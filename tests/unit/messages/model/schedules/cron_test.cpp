#include "messages/model/schedules/civil.hpp"
#include "messages/model/schedules/cron_times.hpp"

#include "tests/support/seeds.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace tutti;

namespace {

/// "2024-02-29 12:00:00" as if it were UTC.
int64_t at(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::sscanf(text.c_str(), "%d-%d-%d %d:%d:%d", &year, &month, &day, &hour,
              &minute, &second);
  return days_from_civil(year, month, day) * 86'400 + hour * 3'600 + minute * 60
         + second;
}

std::string text_of(int64_t t) {
  auto days = t / 86'400 - (t % 86'400 < 0 ? 1 : 0);
  auto day = civil_from_days(days);
  auto rest = int(t - days * 86'400);
  char out[64];
  std::snprintf(out, sizeof out, "%04d-%02d-%02d %02d:%02d:%02d", int(day.year),
                day.month, day.day, rest / 3'600, rest / 60 % 60, rest % 60);
  return out;
}

cron_times times(const std::string& cron, const std::string& zone = "UTC") {
  auto out = cron_times::make(cron, zone);
  REQUIRE_MESSAGE(out, (out ? "" : out.failure().message));
  return *out;
}

/// The next `n` instants, in UTC.
std::vector<std::string> few(const std::string& cron, const std::string& zone,
                             const std::string& after, int n) {
  auto what = times(cron, zone);
  std::vector<std::string> out;
  auto t = at(after);
  for (int i = 0; i < n; ++i) {
    auto next = what.next(t);
    if (!next)
      break;
    t = *next;
    out.push_back(text_of(t));
  }
  return out;
}

std::string why(const std::string& cron) {
  auto out = cron_expression::parse(cron);
  return out ? "" : out.failure().message;
}

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("the next time of a cron expression") {
  struct row {
    const char *cron, *after, *next;
  };
  const row table[] = {
      {"* * * * * *", "2024-01-01 00:00:00", "2024-01-01 00:00:01"},
      {"* * * * * *", "2023-12-31 23:59:59", "2024-01-01 00:00:00"},
      {"*/10 * * * * *", "2024-01-01 00:00:10", "2024-01-01 00:00:20"},
      {"5/20 * * * * *", "2024-01-01 00:00:45", "2024-01-01 00:01:05"},
      {"10-12 * * * * *", "2024-01-01 00:00:12", "2024-01-01 00:01:10"},
      {"10-30/10 * * * * *", "2024-01-01 00:00:10", "2024-01-01 00:00:20"},
      {"1,3,59 * * * * *", "2024-01-01 00:00:03", "2024-01-01 00:00:59"},
      {"0 0 * * * *", "2024-01-01 10:30:00", "2024-01-01 11:00:00"},
      {"0 30 9 * * *", "2024-01-01 09:30:00", "2024-01-02 09:30:00"},
      {"0 0 9-17/4 * * *", "2024-01-01 13:00:00", "2024-01-01 17:00:00"},
      {"0 0 0 29 2 *", "2023-01-01 00:00:00", "2024-02-29 00:00:00"},
      {"0 0 0 29 2 *", "2096-03-01 00:00:00", "2104-02-29 00:00:00"},
      {"0 0 0 29 2 MON", "2088-03-01 00:00:00", "2112-02-29 00:00:00"},
      {"0 0 0 31 * *", "2024-03-31 00:00:00", "2024-05-31 00:00:00"},
      {"0 0 0 1 JAN *", "2024-01-01 00:00:00", "2025-01-01 00:00:00"},
      {"0 0 0 1 jan,jul ?", "2024-01-01 00:00:00", "2024-07-01 00:00:00"},
      {"0 0 12 ? * MON-FRI", "2024-01-05 12:00:00", "2024-01-08 12:00:00"},
      {"0 0 12 ? * 0", "2024-01-01 00:00:00", "2024-01-07 12:00:00"},
      {"0 0 12 ? * 7", "2024-01-01 00:00:00", "2024-01-07 12:00:00"},
      {"0 0 12 ? * SUN-TUE", "2024-01-03 00:00:00", "2024-01-07 12:00:00"},
      {"0 0 12 ? * FRI-SUN", "2024-01-06 13:00:00", "2024-01-07 12:00:00"},
      {"0 0 0 L * *", "2024-02-01 00:00:00", "2024-02-29 00:00:00"},
      {"0 0 0 L-3 * *", "2024-02-01 00:00:00", "2024-02-26 00:00:00"},
      {"0 0 0 LW * *", "2024-03-01 00:00:00", "2024-03-29 00:00:00"},
      // 15 June 2024 is a Saturday, 15 September a Sunday.
      {"0 0 0 15W * *", "2024-06-01 00:00:00", "2024-06-14 00:00:00"},
      {"0 0 0 15W * *", "2024-09-01 00:00:00", "2024-09-16 00:00:00"},
      // The workday of the same month: 1 June is a Saturday, 31 March a Sunday.
      {"0 0 0 1W * *", "2024-05-31 12:00:00", "2024-06-03 00:00:00"},
      {"0 0 0 31W * *", "2024-03-01 00:00:00", "2024-03-29 00:00:00"},
      {"0 0 0 31W * *", "2024-03-30 00:00:00", "2024-05-31 00:00:00"},
      {"0 0 0 1,15W,L * *", "2024-06-02 00:00:00", "2024-06-14 00:00:00"},
      {"0 0 0 ? * 5L", "2024-02-01 00:00:00", "2024-02-23 00:00:00"},
      {"0 0 0 ? * THUL", "2024-02-01 00:00:00", "2024-02-29 00:00:00"},
      {"0 0 0 ? * MON#1", "2024-02-01 00:00:00", "2024-02-05 00:00:00"},
      {"0 0 0 ? * 5#2", "2024-02-01 00:00:00", "2024-02-09 00:00:00"},
      {"0 0 0 ? * FRI#5", "2024-02-01 00:00:00", "2024-03-29 00:00:00"},
      // Both kinds of days: both must fit.
      {"0 0 0 13 * FRI", "2024-01-01 00:00:00", "2024-09-13 00:00:00"},
      {"@hourly", "2024-01-01 10:30:00", "2024-01-01 11:00:00"},
      {"@daily", "2024-01-01 10:30:00", "2024-01-02 00:00:00"},
      {"@midnight", "2024-01-01 10:30:00", "2024-01-02 00:00:00"},
      {"@weekly", "2024-01-01 10:30:00", "2024-01-07 00:00:00"},
      {"@Monthly", "2024-01-01 10:30:00", "2024-02-01 00:00:00"},
      {"@yearly", "2024-01-01 10:30:00", "2025-01-01 00:00:00"},
      {"@annually", "2024-01-01 10:30:00", "2025-01-01 00:00:00"},
      {"  0  0\t12 * * *  ", "2024-01-01 13:00:00", "2024-01-02 12:00:00"},
      {"0 0 0 * * *", "1969-12-30 12:00:00", "1969-12-31 00:00:00"},
  };
  for (auto& row : table) {
    CAPTURE(row.cron);
    CAPTURE(row.after);
    CHECK(few(row.cron, "UTC", row.after, 1) == strings{row.next});
    // The way back leads to the same time.
    auto next = at(row.next);
    CHECK(text_of(*times(row.cron).previous(next + 1)) == row.next);
    CHECK(*times(row.cron).previous(next) <= at(row.after));
  }
}

TEST_CASE("what is wrong with a cron expression is said, with its field") {
  struct row {
    const char *cron, *sentence;
  };
  const row table[] = {
      {"", "0 fields instead of 6"},
      {"* * * * *", "5 fields instead of 6"},
      {"* * * * * * *", "7 fields instead of 6"},
      {"60 * * * * *", "field 1 (seconds): '60' must be a number from 0 to 59"},
      {"0 60 * * * *", "field 2 (minutes): '60'"},
      {"0 0 24 * * *", "field 3 (hours): '24' must be a number from 0 to 23"},
      {"0 0 0 0 * *", "field 4 (days of the month): '0'"},
      {"0 0 0 32 * *", "field 4 (days of the month): '32'"},
      {"0 0 0 * 13 *", "field 5 (months): '13'"},
      {"0 0 0 * FOO *", "field 5 (months): 'FOO'"},
      {"0 0 0 * * 8", "field 6 (days of the week): '8'"},
      {"0 0 0 * * L", "field 6 (days of the week): 'L' needs a day"},
      {"0 0 0 * * MON#6", "field 6 (days of the week): '6'"},
      {"0 0 0 L-31 * *", "field 4 (days of the month): '31'"},
      {"0 0 0 W * *", "field 4 (days of the month): ''"},
      {"0 0 0 XW * *", "field 4 (days of the month): 'X'"},
      {"0 ? * * * *", "field 2 (minutes): '?'"},
      {"*/0 * * * * *", "field 1 (seconds): '0' must be a number from 1"},
      {"*/ * * * * *", "field 1 (seconds): ''"},
      {"5-1 * * * * *", "the range '5-1' ends before it begins"},
      {"1,,2 * * * * *", "field 1 (seconds): ''"},
      {"-1 * * * * *", "field 1 (seconds): ''"},
      {"0 0 0 31 2 *", "it never fires"},
      {"0 0 0 30 FEB *", "it never fires"},
      {"0 0 0 31 4,6,9,11 *", "it never fires"},
      {"@fortnightly", "1 fields instead of 6"},
      {"9999999999999999999 * * * * *", "field 1 (seconds)"},
  };
  for (auto& row : table) {
    CAPTURE(row.cron);
    auto sentence = why(row.cron);
    CHECK_MESSAGE(sentence.find(row.sentence) != std::string::npos, sentence);
  }
  CHECK(why(std::string(10'000, '*')).size() < 300);
  CHECK_FALSE(cron_times::make("* * * * * *", "Europe/Atlantis"));
  CHECK_FALSE(cron_times::make("* * * * * *", "../../etc/passwd"));
}

TEST_CASE("a clock that is set forward fires later what it skips") {
  // Berlin, 31 March 2024: 02:00 becomes 03:00 at 01:00 UTC.
  CHECK(few("0 30 2 * * *", "Europe/Berlin", "2024-03-30 12:00:00", 2)
        == strings{"2024-03-31 01:30:00", "2024-04-01 00:30:00"});
  // The same instant once, although two times of the clock lead to it.
  CHECK(few("0 30 2,3 * * *", "Europe/Berlin", "2024-03-31 00:00:00", 3)
        == strings{"2024-03-31 01:30:00", "2024-04-01 00:30:00",
                   "2024-04-01 01:30:00"});
  // All hours: elapsed time.
  CHECK(few("0 0,30 * * * *", "Europe/Berlin", "2024-03-31 00:29:00", 3)
        == strings{"2024-03-31 00:30:00", "2024-03-31 01:00:00",
                   "2024-03-31 01:30:00"});
  // New York, 10 March 2024: 02:00 becomes 03:00 at 07:00 UTC.
  CHECK(few("0 15 2 * * *", "America/New_York", "2024-03-09 12:00:00", 2)
        == strings{"2024-03-10 07:15:00", "2024-03-11 06:15:00"});
  // Lord Howe, 6 October 2024: 02:00 becomes 02:30 at 15:30 UTC of the 5th.
  CHECK(few("0 10 2 * * *", "Australia/Lord_Howe", "2024-10-05 00:00:00", 2)
        == strings{"2024-10-05 15:40:00", "2024-10-06 15:10:00"});
  CHECK(few("0 45 2 * * *", "Australia/Lord_Howe", "2024-10-05 00:00:00", 1)
        == strings{"2024-10-05 15:45:00"});
}

TEST_CASE("a clock that is set back fires once, or counts elapsed time") {
  // Berlin, 27 October 2024: 03:00 becomes 02:00 at 01:00 UTC.
  CHECK(few("0 30 2 * * *", "Europe/Berlin", "2024-10-26 12:00:00", 2)
        == strings{"2024-10-27 00:30:00", "2024-10-28 01:30:00"});
  CHECK(few("0 30 * * * *", "Europe/Berlin", "2024-10-27 00:00:00", 3)
        == strings{"2024-10-27 00:30:00", "2024-10-27 01:30:00",
                   "2024-10-27 02:30:00"});
  // New York, 3 November 2024: 02:00 becomes 01:00 at 06:00 UTC.
  CHECK(few("0 30 1 * * *", "America/New_York", "2024-11-02 12:00:00", 2)
        == strings{"2024-11-03 05:30:00", "2024-11-04 06:30:00"});
  // Lord Howe, 7 April 2024: 02:00 becomes 01:30 at 15:00 UTC of the 6th.
  CHECK(few("0 45 1 * * *", "Australia/Lord_Howe", "2024-04-06 00:00:00", 2)
        == strings{"2024-04-06 14:45:00", "2024-04-07 15:15:00"});
  CHECK(few("0 45 * * * *", "Australia/Lord_Howe", "2024-04-06 14:00:00", 2)
        == strings{"2024-04-06 14:45:00", "2024-04-06 15:15:00"});
}

TEST_CASE("zones go on behind the table of their file") {
  // The system's files end with 2037.
  CHECK(few("0 0 12 1 7 *", "Europe/Berlin", "2090-01-01 00:00:00", 1)
        == strings{"2090-07-01 10:00:00"});
  CHECK(few("0 0 12 1 1 *", "America/New_York", "2090-06-01 00:00:00", 1)
        == strings{"2091-01-01 17:00:00"});
  CHECK(few("0 0 12 1 1 *", "Australia/Lord_Howe", "2090-06-01 00:00:00", 1)
        == strings{"2091-01-01 01:00:00"});
  CHECK(few("0 0 0 * * *", "+05:30", "2024-01-01 00:00:00", 1)
        == strings{"2024-01-01 18:30:00"});
  // Ireland's summer is its standard time, its winter the exception.
  CHECK(few("0 0 12 1 7 *", "Europe/Dublin", "2090-01-01 00:00:00", 1)
        == strings{"2090-07-01 11:00:00"});
}

// The search against what it means, second by second.
namespace {

/// What fires within a span, by looking at every second.
std::vector<int64_t> brute_force(const cron_expression& cron,
                                 const time_zone& zone, int64_t from,
                                 int64_t to) {
  std::vector<int64_t> out;
  for (auto t = from; t < to; ++t) {
    auto wall = t + zone.offset_at(t);
    bool fires = cron.matches(wall);
    if (!cron.any_hour()) {
      // Not when the clock showed that time before ...
      fires = fires && zone.to_instant(wall) == t;
      // ... but when it skipped a time that leads here.
      for (int gap : {1'800, 3'600}) {
        auto skipped = wall - gap;
        fires
            = fires || (cron.matches(skipped) && zone.to_instant(skipped) == t);
      }
    }
    if (fires)
      out.push_back(t);
  }
  return out;
}

std::string random_item(std::mt19937& dice, int min, int max) {
  auto roll = [&](int n) { return int(dice() % unsigned(n)); };
  auto value = [&] { return min + roll(max - min + 1); };
  auto a = value(), b = value();
  switch (roll(4)) {
    case 0:
      return std::to_string(a);
    case 1:
      return std::to_string(std::min(a, b)) + '-'
             + std::to_string(std::max(a, b));
    case 2:
      return std::to_string(a) + '/' + std::to_string(1 + roll(max));
    default:
      return "*/" + std::to_string(1 + roll(max));
  }
}

std::string random_cron(std::mt19937& dice) {
  auto roll = [&](int n) { return int(dice() % unsigned(n)); };
  auto field = [&](int min, int max, int stars) {
    if (roll(4) < stars)
      return std::string("*");
    auto out = random_item(dice, min, max);
    while (roll(3) == 0)
      out += ',' + random_item(dice, min, max);
    return out;
  };
  const char* month_days[] = {"L", "L-2", "LW", "15W", "31", "1W,L", "30W"};
  const char* week_days[] = {"5L", "MON#1", "SUN#5", "0", "TUE-THU", "6#2"};
  auto day = roll(3) ? "*" : month_days[roll(7)];
  auto week = roll(3) ? "?" : week_days[roll(6)];
  return field(0, 59, 1) + ' ' + field(0, 59, 1) + ' ' + field(0, 23, 2) + ' '
         + day + ' ' + field(1, 12, 3) + ' ' + week;
}

} // namespace

TEST_CASE("the search finds what looking at every second finds") {
  struct place {
    const char *zone, *around;
  };
  const place places[] = {
      {"Europe/Berlin", "2024-03-31 01:00:00"},
      {"Europe/Berlin", "2024-10-27 01:00:00"},
      {"America/New_York", "2024-03-10 07:00:00"},
      {"America/New_York", "2090-11-05 06:00:00"},
      {"Australia/Lord_Howe", "2024-10-05 15:30:00"},
      {"Australia/Lord_Howe", "2024-04-06 15:00:00"},
      {"UTC", "2024-02-29 00:00:00"},
  };
  test::for_each_seed(1, 80, [&](uint64_t seed) {
    std::mt19937 dice(static_cast<unsigned>(seed));
    auto text = random_cron(dice);
    auto& where = places[dice() % std::size(places)];
    CAPTURE(text);
    CAPTURE(where.zone);
    auto cron = cron_expression::parse(text);
    if (!cron)
      return; // "31 in February only"
    auto zone = time_zone::find(where.zone);
    auto from = at(where.around) - 4 * 3'600, to = from + 8 * 3'600;
    auto expected = brute_force(*cron, *zone, from, to);
    auto what = times(text, where.zone);
    std::vector<int64_t> found;
    for (auto t = what.next(from - 1); t && *t < to; t = what.next(*t))
      found.push_back(*t);
    CHECK(found == expected);
    std::vector<int64_t> back;
    for (auto t = what.previous(to); t && *t >= from; t = what.previous(*t))
      back.insert(back.begin(), *t);
    CHECK(back == expected);
  });
}
