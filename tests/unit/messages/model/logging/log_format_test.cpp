#include "messages/model/logging/log_format.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::log_format_tests {

using namespace logging;

std::string written(const line& x, format how) {
  std::string out;
  append(out, x, how);
  return out;
}

const line everything{1'700'000'000'123,
                      "debug",
                      "workflow",
                      {"r1", "w1", "t1"},
                      "decided \"start\": 2 events"};

TEST_CASE("a text line has its fields as key and value") {
  CHECK(written(everything, format::text)
        == "time=2023-11-14T22:13:20.123Z level=debug area=workflow "
           "request_id=r1 workflow_id=w1 task_id=t1 "
           "msg=\"decided \\\"start\\\": 2 events\"\n");
}

TEST_CASE("a JSON line is an object with the same fields") {
  auto x = nlohmann::json::parse(written(everything, format::json));
  CHECK(x["time"] == "2023-11-14T22:13:20.123Z");
  CHECK(x["level"] == "debug");
  CHECK(x["area"] == "workflow");
  CHECK(x["request_id"] == "r1");
  CHECK(x["workflow_id"] == "w1");
  CHECK(x["task_id"] == "t1");
  CHECK(x["message"] == "decided \"start\": 2 events");
  CHECK(x.size() == 7);
}

TEST_CASE("what is not known is left out") {
  line bare{.time_ms = 0, .level = "info", .sentence = "x"};
  CHECK(written(bare, format::json)
        == "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\","
           "\"message\":\"x\"}\n");
  CHECK(written(bare, format::text)
        == "time=1970-01-01T00:00:00.000Z level=info msg=\"x\"\n");
}

TEST_CASE("no sentence and no id makes a second line or another field") {
  line forged = everything;
  forged.about.request_id = "r msg=\"y\"\n";
  forged.sentence = "a\r\nlevel=error msg=\"x\" \x01 \xff";
  for (auto how : {format::text, format::json}) {
    auto out = written(forged, how);
    CHECK(std::ranges::count(out, '\n') == 1);
    CHECK(out.back() == '\n');
    CHECK(out.find('\r') == out.npos);
  }
  auto x = nlohmann::json::parse(written(forged, format::json));
  CHECK(x["level"] == "debug");
  CHECK(x["request_id"] == "r msg=\"y\"\n");
}

TEST_CASE("a debug line is not made while nobody reads it") {
  int made = 0;
  auto say = [&made] {
    ++made;
    return std::string("x");
  };
  set_debugs(false);
  debug("test", {}, say);
  CHECK(made == 0);
  static std::string last;
  write_with([](level how, std::string_view area, const subject& about,
                std::string_view sentence) {
    CHECK(how == level::debug);
    last = std::string(area) + '/' + std::string(about.task_id) + '/'
           + std::string(sentence);
  });
  set_debugs(true);
  debug("test", {.task_id = "t1"}, say);
  CHECK(made == 1);
  CHECK(last == "test/t1/x");
  set_debugs(false);
  write_with(nullptr);
}

} // namespace tutti::log_format_tests
