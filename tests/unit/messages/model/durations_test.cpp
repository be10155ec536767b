#include "messages/model/validation.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>

using namespace tutti;

TEST_CASE("durations are read in all their spellings") {
  struct pair {
    std::string_view text;
    int64_t milliseconds;
  };
  constexpr int64_t second = 1000, minute = 60 * second, hour = 60 * minute,
                    day = 24 * hour;
  for (auto& x : std::initializer_list<pair>{
           {"5s", 5 * second},
           {"5 SECS", 5 * second},
           {"5 seconds", 5 * second},
           {" 1 days 2 hours 5s ", day + 2 * hour + 5 * second},
           {"1d2h3m4s", day + 2 * hour + 3 * minute + 4 * second},
           {"2 hrs 3 mins", 2 * hour + 3 * minute},
           {"3 minutes", 3 * minute},
           {"1 day", day},
           {"0s", 0},
           {"90 m", 90 * minute},
           {"10000 days", 10000 * day},
       }) {
    CAPTURE(x.text);
    CHECK(parse_duration_ms(x.text) == x.milliseconds);
  }
}

TEST_CASE("what is no duration is not read as one") {
  for (std::string_view text :
       {"", " ", "5", "s", "5 x", "5 sx", "5s 1d", "5s 5s", "-5s", "1.5s",
        "5 s!", "five s", "1 d 2", "99999999999999999999 s",
        "999999999999 days", "${workflow.input.d}"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration_ms(text));
  }
}

TEST_CASE("instants are read with and without a zone") {
  struct pair {
    std::string_view text;
    int64_t seconds;
  };
  for (auto& x : std::initializer_list<pair>{
           {"2024-02-29 12:30 UTC", 1709209800},
           {"2024-02-29 12:30 GMT", 1709209800},
           {"2024-02-29 12:30 Z", 1709209800},
           {"2024-02-29 12:30 +02:00", 1709209800 - 7200},
           {"2024-02-29 12:30 GMT+2", 1709209800 - 7200},
           {"2024-02-29 12:30 UTC-05:30", 1709209800 + 19800},
           {"2024-02-29 12:30 -0530", 1709209800 + 19800},
           {"2024-02-29 12:30 PST", 1709209800 + 8 * 3600},
           {"2024-02-29 12:30 CEST", 1709209800 - 7200},
           {"1970-01-01 00:00 UTC", 0},
           {"1969-12-31 23:59 UTC", -60},
           {"2000-3-1 1:05 UTC", 951872700},
           {"2100-03-01 00:00 UTC", 4107542400},
       }) {
    CAPTURE(x.text);
    CHECK(parse_until_ms(x.text) == x.seconds * 1000);
  }
}

TEST_CASE("an instant without a zone is the server's") {
  std::tm parts{};
  parts.tm_year = 124;
  parts.tm_mon = 6;
  parts.tm_mday = 1;
  parts.tm_hour = 9;
  parts.tm_isdst = -1;
  auto at_nine = int64_t(mktime(&parts)) * 1000;
  CHECK(parse_until_ms("2024-07-01 09:00") == at_nine);
  CHECK(parse_until_ms("2024-07-01") == at_nine - 9 * 3'600'000);
}

TEST_CASE("named zones follow their summer time") {
  if (!std::ifstream("/usr/share/zoneinfo/Europe/Berlin"))
    return; // a system without a zone database
  CHECK(parse_until_ms("2024-01-15 12:00 Europe/Berlin") == 1705316400000);
  CHECK(parse_until_ms("2024-07-15 12:00 Europe/Berlin") == 1721037600000);
  CHECK(parse_until_ms("2024-07-15 12:00 America/New_York") == 1721059200000);
  // Around the change of 2024-03-31, 02:00 -> 03:00.
  CHECK(parse_until_ms("2024-03-31 01:59 Europe/Berlin") == 1711846740000);
  CHECK(parse_until_ms("2024-03-31 03:00 Europe/Berlin") == 1711846800000);
}

TEST_CASE("what is no instant is not read as one") {
  for (std::string_view text : {"",
                                "tomorrow",
                                "2024",
                                "2024-13-01",
                                "2024-02-30",
                                "2023-02-29",
                                "2024-01-01T10:00",
                                "2024-01-01 24:00",
                                "2024-01-01 10:60",
                                "2024-01-01 10",
                                "2024-01-01 10:00 Nowhere/City",
                                "2024-01-01 10:00 ../../../etc/passwd",
                                "2024-01-01 10:00 /etc/passwd",
                                "2024-01-01 10:00 Europe",
                                "2024-01-01 10:00 +19:00",
                                "2024-01-01 10:00 +1:2:3",
                                "2024-01-01 10:00:00",
                                "0000-01-01",
                                "2024-01-01 10:00 +",
                                "2024-01-01 10:00 GMT+123456"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_until_ms(text));
  }
}
