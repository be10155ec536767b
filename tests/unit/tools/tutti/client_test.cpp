#include "tools/tutti/client.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::cli;

TEST_CASE("path segments and query values are percent-encoded") {
  CHECK(api_path({"workflow", "a b/ü"}) == "/api/workflow/a%20b%2F%C3%BC");
  CHECK(api_path({"tasks"}, {{"domain", "a&b=c"}, {"n", "1"}})
        == "/api/tasks?domain=a%26b%3Dc&n=1");
}

TEST_CASE("a server may be named in the ways Conductor users are used to") {
  for (const char* name :
       {"http://h:1", "http://h:1/", "http://h:1/api", "http://h:1/api/"})
    CHECK(tidy_server(name) == "http://h:1");
  CHECK(tidy_server("h:1") == "http://h:1");
  CHECK(tidy_server("https://h/api") == "https://h");
}

TEST_CASE("an error answer is told in the server's words") {
  auto why = failure_of(
      {400, R"({"status":400,"message":"invalid","validationErrors":[)"
            R"({"path":"a.b","message":"must not be empty"}]})"});
  CHECK(why.code == errc::invalid);
  CHECK(why.message == "invalid");
  REQUIRE(why.violations.size() == 1);
  CHECK(why.violations[0].path == "a.b");
  CHECK(why.violations[0].message == "must not be empty");
}

TEST_CASE("an error answer that is no JSON still says its status") {
  auto why = failure_of({503, "busy"});
  CHECK(why.code == errc::unavailable);
  CHECK(why.message == "the server answered 503: busy");
}

TEST_CASE("a server that is not there is a failure that names it") {
  // Port 1 on loopback: nothing listens there.
  client c("http://127.0.0.1:1");
  auto answer = c.send("GET", "/health");
  REQUIRE(!answer);
  CHECK(answer.failure().code == errc::unavailable);
  CHECK(answer.failure().message.find("http://127.0.0.1:1")
        != std::string::npos);
}
