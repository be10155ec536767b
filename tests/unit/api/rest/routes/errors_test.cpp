#include "api/rest/error_map.hpp"

#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

TEST_CASE("each reason has its status, and only a transient one is retryable") {
  struct {
    errc code;
    int status;
    bool retryable;
  } const cases[] = {
      {errc::not_found, 404, false},     {errc::conflict, 409, false},
      {errc::invalid, 400, false},       {errc::forbidden, 403, false},
      {errc::illegal_state, 500, false}, {errc::too_large, 413, false},
      {errc::too_many, 429, false},      {errc::unavailable, 500, true},
      {errc::internal, 500, false},
  };
  for (auto& c : cases) {
    auto x = to_response({c.code, "why \"so\"", {}});
    CHECK(test::is_error(x, c.status));
    auto body = nlohmann::json::parse(x.body);
    CHECK(body["retryable"] == c.retryable);
    CHECK(body["message"] == "why \"so\"");
    // Who is to come again later is told when.
    CHECK(x.headers.size() == (c.status == 429 ? 1 : 0));
  }
}

TEST_CASE("broken rules are listed, with the value where there is one") {
  auto x = to_response(
      {errc::invalid,
       "look below",
       {{"a.arg0.x", "no \"x\"", "-1"}, {"a.arg0", "bad", std::nullopt}}});
  CHECK(x.status == 400);
  CHECK(x.content == content::json);
  CHECK(nlohmann::json::parse(x.body)
        == nlohmann::json::parse(
            R"({"status":400,"message":"look below","retryable":false,
                "validationErrors":[
                  {"path":"a.arg0.x","message":"no \"x\"",
                   "invalidValue":"-1"},
                  {"path":"a.arg0","message":"bad"}]})"));
}

TEST_CASE("routes hand on what the gateway refuses, on text routes too") {
  test::route_world world;
  world.gateway->usual = failure{errc::not_found, "no such workflow: w", {}};
  const std::pair<const char*, const char*> all[] = {
      {"GET", "/api/workflow/w"},
      {"GET", "/api/workflow/w/status"},
      {"GET", "/api/workflow/w/tasks"},
      {"PUT", "/api/workflow/w/pause"},
      {"PUT", "/api/workflow/w/resume"},
      {"PUT", "/api/workflow/decide/w"},
      {"PUT", "/api/workflow/w/skiptask/t"},
      {"POST", "/api/workflow/w/restart"},
      {"POST", "/api/workflow/w/retry"},
      {"POST", "/api/workflow/w/resetcallbacks"},
      {"DELETE", "/api/workflow/w"},
      {"DELETE", "/api/workflow/w/remove"},
      {"DELETE", "/api/workflow/w/terminate-remove"},
      {"GET", "/api/tasks/t"},
      {"GET", "/api/metadata/workflow/w"},
      {"GET", "/api/metadata/taskdefs/t"},
      {"DELETE", "/api/metadata/workflow/w/1"},
      {"DELETE", "/api/metadata/taskdefs/t"},
      {"POST", "/api/tutti/incidents/w/release"},
  };
  for (auto& [method, target] : all) {
    CAPTURE(target);
    auto x = world.call(method, target);
    CHECK(test::is_error(x, 404));
    CHECK(nlohmann::json::parse(x.body)["message"] == "no such workflow: w");
  }
  world.gateway->comes_to = failure{errc::not_found, "no such workflow: w"};
  const std::pair<const char*, const char*> with_object[] = {
      {"POST", "/api/workflow/w"},
      {"POST", "/api/workflow/w/rerun"},
      {"POST", "/api/tasks/w/t/COMPLETED"},
      {"POST", "/api/tasks/w/t/COMPLETED/sync"},
      {"POST", "/api/tasks/w/COMPLETED/signal"},
  };
  for (auto& [method, target] : with_object) {
    CAPTURE(target);
    CHECK(test::is_error(world.call(method, target, "{}"), 404));
  }
}

TEST_CASE("a message that nobody answers becomes a retryable 500") {
  test::route_world world;
  world.gateway->silent = true;
  auto local = world.begin("GET", "/api/workflow/w");
  CHECK_FALSE(local.answer());
  world.gateway->got.clear();
  REQUIRE(local.answer());
  CHECK(test::is_error(*local.answer(), 500));
  CHECK(nlohmann::json::parse(local.answer()->body)["retryable"] == true);
}

TEST_CASE("unknown paths are 404, other methods 405, both with the body") {
  test::route_world world;
  for (auto method : {"GET", "POST", "PUT", "DELETE"})
    CHECK(test::is_error(world.call(method, "/api/nothing/here"), 404));
  // What tells the clients that there is nothing to log in to.
  CHECK(test::is_error(
      world.call("POST", "/api/token", R"({"keyId":"k","keySecret":"s"})"),
      404));
  CHECK(test::is_error(world.call("DELETE", "/api/workflow"), 405));
  CHECK(
      test::is_error(world.call("GET", "/api/tasks/update-v2/x/y/sync"), 405));
  CHECK(test::is_error(world.call("PUT", "/api/tasks/poll/t"), 405));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a trailing slash makes no difference") {
  test::route_world world;
  world.gateway->usual = test::a_text("{}");
  CHECK(test::is_json(world.call("GET", "/api/tasks/queue/all/"), "{}"));
  CHECK(test::is_json(world.call("GET", "/api/workflow/w/"), "{}"));
  CHECK(world.last<read_execution>().workflow_id == "w");
}

TEST_CASE("a blank name or id in the path is refused") {
  test::route_world world;
  CHECK(test::is_error(world.call("GET", "/api/workflow/%20"), 400));
  CHECK(test::is_error(world.call("GET", "/api/tasks/poll/%20"), 400));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a body that is no JSON is refused and reaches nobody") {
  test::route_world world;
  const std::pair<const char*, const char*> all[] = {
      {"POST", "/api/metadata/workflow"},
      {"PUT", "/api/metadata/workflow"},
      {"POST", "/api/metadata/workflow/validate"},
      {"POST", "/api/metadata/taskdefs"},
      {"PUT", "/api/metadata/taskdefs"},
      {"POST", "/api/workflow"},
      {"POST", "/api/workflow/w"},
      {"POST", "/api/workflow/w/rerun"},
      {"PUT", "/api/workflow/w/skiptask/t"},
      {"PUT", "/api/workflow/bulk/pause"},
      {"DELETE", "/api/workflow/bulk/remove"},
      {"POST", "/api/tasks"},
      {"POST", "/api/tasks/update-v2"},
      {"POST", "/api/tasks/w/t/COMPLETED"},
      {"POST", "/api/tasks/w/t/COMPLETED/sync"},
      {"POST", "/api/tasks/w/COMPLETED/signal"},
  };
  const std::string nested(100'000, '[');
  for (auto& [method, target] : all) {
    CAPTURE(target);
    for (auto& body : {std::string("{\"name\":"), std::string("{'a':1}"),
                       std::string("\"text\""), std::string("7"), nested,
                       std::string("\xff\xfe")})
      CHECK(test::is_error(world.call(method, target, body), 400));
  }
  CHECK(world.gateway->got.empty());
}

} // namespace tutti::rest
