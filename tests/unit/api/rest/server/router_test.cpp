#include "api/rest/server/router.hpp"

#include "tests/unit/api/rest/server/local_exchange.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace tutti::rest {

namespace router_test {

using rows = std::initializer_list<std::pair<method, const char*>>;

// Each route answers with its own pattern and what its variables hold.
route_table table(rows patterns) {
  route_table out;
  for (auto& [verb, pattern] : patterns)
    out.emplace_back(verb, pattern, api::permission::queue_read,
                     [text = std::string(pattern)](std::shared_ptr<exchange> x,
                                                   const path_params& params) {
                       auto out = text;
                       for (size_t i = 0; i < params.size(); ++i)
                         out.append(" ").append(params[i]);
                       x->reply(rest::text(out));
                     });
  return out;
}

router routes(rows patterns, api::access_check access = api::admit_everybody) {
  auto out = router::make(table(patterns), std::move(access));
  REQUIRE(out);
  return std::move(*out);
}

response ask(const router& r, std::string_view verb, std::string_view target) {
  test::local_exchange local(verb, target);
  r(std::move(local.x));
  REQUIRE(local.answer());
  return *local.answer();
}

} // namespace router_test

TEST_CASE("a literal segment beats a variable and fewer variables beat more") {
  auto r = router_test::routes({
      {method::post, "/api/tasks/{wf}/{ref}/{status}"},
      {method::post, "/api/tasks/{wf}/{status}/signal"},
      {method::get, "/api/workflow/{id}"},
      {method::get, "/api/workflow/search"},
      {method::delete_, "/api/workflow/{id}"},
      {method::get, "/{a}/b/c"},
      {method::get, "/x/{b}/{c}"},
  });
  struct row {
    const char* verb;
    const char* target;
    const char* answer;
  };
  for (auto& [verb, target, answer] : {
           row{"POST", "/api/tasks/w/COMPLETED/signal",
               "/api/tasks/{wf}/{status}/signal w COMPLETED"},
           row{"POST", "/api/tasks/w/t/FAILED",
               "/api/tasks/{wf}/{ref}/{status} w t FAILED"},
           row{"GET", "/api/workflow/search", "/api/workflow/search"},
           row{"GET", "/api/workflow/search/?start=0", "/api/workflow/search"},
           row{"GET", "/api/workflow/searched", "/api/workflow/{id} searched"},
           row{"DELETE", "/api/workflow/search", "/api/workflow/{id} search"},
           row{"HEAD", "/api/workflow/7", "/api/workflow/{id} 7"},
           row{"GET", "/x/b/c", "/{a}/b/c x"},
       }) {
    CAPTURE(target);
    CHECK(router_test::ask(r, verb, target).body == answer);
  }
}

TEST_CASE("a variable is read by its name") {
  route_table table;
  table.emplace_back(method::get, "/poll/{tasktype}",
                     api::permission::task_poll,
                     [](std::shared_ptr<exchange> x, const path_params& p) {
                       x->reply(text(std::string(p["tasktype"]) + "|"
                                     + std::string(p["other"])));
                     });
  auto r = router::make(std::move(table));
  REQUIRE(r);
  CHECK(router_test::ask(*r, "GET", "/poll/a%20b").body == "a b|");
}

TEST_CASE("an unknown path is 404 and a wrong method 405 for every method") {
  auto r = router_test::routes(
      {{method::get, "/api/queue"}, {method::put, "/api/queue"}});
  for (auto verb : {"GET", "POST", "DELETE", "OPTIONS", "HEAD", "BREW"}) {
    CAPTURE(verb);
    auto answer = router_test::ask(r, verb, "/api/token");
    CHECK(answer.status == 404);
    CHECK(answer.body.starts_with("{\"status\":404,\"message\":"));
  }
  for (auto target : {"/", "/api", "/api/queue/x", "/api//queue"})
    CHECK(router_test::ask(r, "GET", target).status == 404);
  for (auto verb : {"POST", "DELETE", "BREW"}) {
    CAPTURE(verb);
    auto answer = router_test::ask(r, verb, "/api/queue");
    CHECK(answer.status == 405);
    CHECK(answer.body.starts_with("{\"status\":405,\"message\":"));
    REQUIRE(answer.headers.size() == 2);
    CHECK(answer.headers[0].second == "GET, HEAD, PUT, OPTIONS");
    CHECK(answer.headers[1].first == "X-Request-Id");
  }
  auto options = router_test::ask(r, "OPTIONS", "/api/queue");
  CHECK(options.status == 200);
  CHECK(options.headers[0].second == "GET, HEAD, PUT, OPTIONS");
}

TEST_CASE("an empty segment is no value for a variable") {
  auto r = router_test::routes({{method::get, "/api/tasks/{id}/log"}});
  CHECK(router_test::ask(r, "GET", "/api/tasks//log").status == 404);
}

TEST_CASE("the fallback is asked before an unknown path is 404") {
  auto r = router_test::routes({{method::get, "/api/x"}});
  r.set_fallback([](const std::shared_ptr<exchange>& x) {
    if (x->segments().size() != 1)
      return false;
    x->reply(text("page"));
    return true;
  });
  CHECK(router_test::ask(r, "GET", "/console").body == "page");
  CHECK(router_test::ask(r, "GET", "/api/y").status == 404);
}

TEST_CASE("a route that could never be reached is refused") {
  auto refused = [](method verb, const char* pattern) {
    return !router::make(
        router_test::table({{method::get, "/a/{b}"}, {verb, pattern}}));
  };
  CHECK(refused(method::get, "/a/{c}"));
  CHECK(refused(method::get, "a"));
  CHECK(refused(method::get, "/a//b"));
  CHECK(refused(method::get, "/a/{b"));
  CHECK(refused(method::get, "/a/{}"));
  CHECK(refused(method::other, "/b"));
  CHECK_FALSE(refused(method::post, "/a/{c}"));
}

TEST_CASE("every request passes the access check, whatever becomes of it") {
  using api::permission;
  std::vector<permission> asked;
  auto r = router_test::routes({{method::get, "/api/x"}},
                               [&](const api::credentials& from, permission x) {
                                 asked.push_back(x);
                                 return api::admit_everybody(from, x);
                               });
  r.set_fallback([](const std::shared_ptr<exchange>& x) {
    if (x->segments().size() != 1)
      return false;
    x->reply(text("page"));
    return true;
  });
  for (auto& [verb, target, needs] :
       {std::tuple{"GET", "/api/x", permission::queue_read},
        std::tuple{"HEAD", "/api/x", permission::queue_read},
        std::tuple{"POST", "/api/x", permission::public_},    // 405
        std::tuple{"OPTIONS", "/api/x", permission::public_}, // no route's
        std::tuple{"GET", "/page", permission::public_},      // the fallback's
        std::tuple{"GET", "/api/none", permission::public_}}) {
    CAPTURE(target);
    asked.clear();
    router_test::ask(r, verb, target);
    CHECK(asked == std::vector{needs});
  }
}

TEST_CASE("who is refused gets no further than the access check") {
  auto r = router_test::routes(
      {{method::get, "/api/x"}},
      [](const api::credentials& from,
         api::permission) -> result<request_context> {
        return failure{errc::forbidden, "not you, " + std::string(from.client)};
      });
  r.set_fallback([](const std::shared_ptr<exchange>&) {
    FAIL("the fallback was asked");
    return false;
  });
  test::local_exchange local("GET", "/api/x", {}, {{"X-Client-Id", "ops"}});
  r(local.x);
  REQUIRE(local.answer());
  CHECK(local.answer()->status == 403);
  CHECK(local.answer()->body.find("not you, ops") != std::string::npos);
  CHECK(router_test::ask(r, "GET", "/page").status == 403);
}

TEST_CASE("a request's context comes from what it carries") {
  auto r = router_test::routes({{method::get, "/api/x"}});
  test::local_exchange local("GET", "/api/x", {},
                             {{"x-client-id", "ops"}, {"Traceparent", "00-a"}});
  r(local.x);
  CHECK(local.x->context().client == "ops");
  CHECK(local.x->context().trace == "00-a");
  CHECK(local.x->context().principal.name.empty());
}

TEST_CASE(
    "a request has the id that its client gave it, in its context and its "
    "answer") {
  auto r = router_test::routes({{method::get, "/api/x"}});
  auto id_of = [&](std::vector<std::pair<std::string, std::string>> headers) {
    test::local_exchange local("GET", "/api/x", {}, std::move(headers));
    r(local.x);
    REQUIRE(local.answer());
    auto id = local.x->context().request_id;
    auto& sent = local.answer()->headers;
    CHECK(std::ranges::count(
              sent, std::pair<std::string, std::string>("X-Request-Id", id))
          == 1);
    return id;
  };
  CHECK(id_of({{"x-request-id", "a.B_9:/+=@-"}}) == "a.B_9:/+=@-");
  CHECK(id_of({{"X-Request-Id", std::string(128, 'x')}})
        == std::string(128, 'x'));
  // What logs and headers cannot carry is replaced.
  std::set<std::string> made;
  for (auto& bad : {std::string(), std::string(129, 'x'), std::string("a b"),
                    std::string("a\"b"), std::string("\xc3\xa4")}) {
    auto id = id_of({{"X-Request-Id", bad}});
    CHECK(id != bad);
    CHECK(id.size() == 15);
    made.insert(id);
  }
  made.insert(id_of({}));
  CHECK(made.size() == 6);
}

TEST_CASE("refusals and unknown paths carry a request id, too") {
  auto nobody = [](const api::credentials&, api::permission) {
    return result<request_context>(failure{errc::forbidden, "no"});
  };
  for (auto& r : {router_test::routes({{method::get, "/api/x"}}),
                  router_test::routes({{method::get, "/api/x"}}, nobody)})
    for (auto* target : {"/api/x", "/nowhere"}) {
      test::local_exchange local("GET", target, {}, {{"X-Request-Id", "r1"}});
      r(local.x);
      REQUIRE(local.answer());
      CHECK(local.answer()->headers.back()
            == std::pair<std::string, std::string>("X-Request-Id", "r1"));
    }
}

TEST_CASE("answers count by the row of the table, whatever the path was") {
  auto r = router_test::routes(
      {{method::get, "/api/{name}"}, {method::post, "/api/{name}"}});
  for (auto* target : {"/api/a", "/api/b", "/api/c"})
    router_test::ask(r, "GET", target);
  router_test::ask(r, "GET", "/nowhere/at/all");
  router_test::ask(r, "DELETE", "/api/a");
  auto all = r.figures();
  REQUIRE(all.size() == 3);
  CHECK(all[0]->method == "GET");
  CHECK(all[0]->pattern == "/api/{name}");
  CHECK(all[0]->answers(2) == 3);
  CHECK(all[0]->seconds().count() == 3);
  CHECK(all[1]->method == "POST");
  CHECK(all[1]->seconds().count() == 0);
  CHECK(all[2]->pattern == "none");
  CHECK(all[2]->answers(4) == 2);
}

TEST_CASE("an answer that is too large counts as what the client gets") {
  auto r = router_test::routes({{method::get, "/api/{name}"}});
  test::local_exchange local("GET", "/api/a-long-name");
  local.x->open(10);
  r(local.x);
  REQUIRE(local.answer());
  CHECK(local.answer()->status == 413);
  CHECK(r.figures()[0]->answers(4) == 1);
  CHECK(r.figures()[0]->answers(2) == 0);
}

} // namespace tutti::rest
