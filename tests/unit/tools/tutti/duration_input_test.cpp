#include "tools/tutti/duration_input.hpp"

#include <doctest/doctest.h>

using namespace tutti::cli;

TEST_CASE("durations are numbers with units, seconds without") {
  CHECK(read_duration_ms("90s") == 90'000);
  CHECK(read_duration_ms("90") == 90'000);
  CHECK(read_duration_ms("1h30m") == 5'400'000);
  CHECK(read_duration_ms("2d") == 172'800'000);
  CHECK(read_duration_ms("250ms") == 250);
  for (auto* wrong : {"", "h", "1x", "-1s", "1 s", "1h-5m", "9999999999999d",
                      "99999999999999999999"}) {
    CAPTURE(wrong);
    CHECK(!read_duration_ms(wrong));
    CHECK(!check_duration(wrong).empty());
  }
}

TEST_CASE("a moment is a time, or so long ago") {
  constexpr int64_t now = 1'700'000'000'000;
  CHECK(read_moment_ms("2h", now) == now - 7'200'000);
  CHECK(read_moment_ms("1700000000123", now) == 1'700'000'000'123);
  CHECK(read_moment_ms("2023-11-14T22:13:20Z", 0) == now);
  CHECK(read_moment_ms("2023-11-14", 0).has_value());
  CHECK(read_moment_ms("2023-11-14T22:13", 0).has_value());
  for (auto* wrong : {"", "yesterday", "2023-11-14T", "2023-11-14x"}) {
    CAPTURE(wrong);
    CHECK(!read_moment_ms(wrong, now));
    CHECK(!check_moment(wrong).empty());
  }
}
