#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

using namespace tutti::cli;

TEST_CASE("durations are told in the two units that matter") {
  CHECK(duration_text(-1) == "-");
  CHECK(duration_text(0) == "0 ms");
  CHECK(duration_text(999) == "999 ms");
  CHECK(duration_text(1'250) == "1.2 s");
  CHECK(duration_text(184'000) == "3 min 4 s");
  CHECK(duration_text(60'000) == "1 min");
  CHECK(duration_text(7'500'000) == "2 h 5 min");
}

TEST_CASE("fields of the wrong kind read as absent") {
  nlohmann::json x{{"n", 5}, {"t", "text"}};
  CHECK(text_at(x, "t") == "text");
  CHECK(text_at(x, "n").empty());
  CHECK(number_at(x, "n") == 5);
  CHECK(number_at(x, "t") == 0);
  CHECK(number_at(nlohmann::json::array(), "n") == 0);
}
