#include "api/rest/server/gate.hpp"

#include "api/rest/server/router.hpp"
#include "tests/unit/api/rest/server/local_exchange.hpp"

#include <doctest/doctest.h>

namespace tutti::rest {

namespace gate_test {

using api::permission;
using headers = std::vector<std::pair<std::string, std::string>>;

struct world {
  std::shared_ptr<server_counts> counts = std::make_shared<server_counts>();
  gate_settings settings;
  int handled = 0;

  response ask(const char* method, const char* target, headers with,
               std::string body = {}) {
    auto handler = [this](std::shared_ptr<exchange> x, const path_params&) {
      ++handled;
      x->reply(text("good"));
    };
    route_table rows;
    rows.emplace_back(rest::method::get, "/read", permission::workflow_read,
                      handler);
    rows.emplace_back(rest::method::get, "/poll", permission::task_poll,
                      handler);
    rows.emplace_back(rest::method::post, "/write", permission::workflow_start,
                      handler);
    rows.emplace_back(rest::method::post, "/log", permission::task_update,
                      handler, body_kind::raw);
    auto routes = router::make(std::move(rows), api::admit_everybody,
                               std::make_shared<gate>(settings, counts));
    REQUIRE(routes);
    test::local_exchange local(method, target, std::move(body),
                               std::move(with));
    (*routes)(local.x);
    REQUIRE(local.answer());
    return *local.answer();
  }
  int status_for_host(std::string host) {
    return ask("GET", "/read", {{"Host", std::move(host)}}).status;
  }
};

std::string header(const response& x, std::string_view name) {
  for (auto& [key, value] : x.headers)
    if (key == name)
      return value;
  return {};
}

} // namespace gate_test

using gate_test::header;
using gate_test::world;

TEST_CASE("names that resolve to this machine by somebody else's will are "
          "refused") {
  world w;
  for (auto* host :
       {"localhost", "LOCALHOST:8080", "localhost.:1", "api.localhost",
        "127.0.0.1", "127.0.0.1:8080", "10.1.2.3:80", "[::1]:8080", "[::1]",
        "[fe80::1%25eth0]:80"}) {
    CAPTURE(host);
    CHECK(w.status_for_host(host) == 200);
  }
  CHECK(w.status_for_host(instance_name() + ":8080") == 200);
  w.handled = 0;
  for (auto* host :
       {"evil.example", "evil.example:8080", "localhost.evil.example",
        "127.0.0.1.evil.example", "notlocalhost", "[evil]", "1.2.3"}) {
    CAPTURE(host);
    CHECK(w.status_for_host(host) == 403);
  }
  CHECK(w.handled == 0);
  CHECK(w.counts->refusals[size_t(refusal::host)] == 7);
  auto said = w.ask("GET", "/none", {{"Host", "evil.example"}});
  CHECK(said.status == 403);
  CHECK(said.body.find("http.allowed_hosts") != std::string::npos);
}

TEST_CASE("hosts that are configured are served, also all below a domain") {
  world w;
  w.settings.hosts = {"tutti.example.org", "*.internal"};
  CHECK(w.status_for_host("Tutti.Example.org:443") == 200);
  CHECK(w.status_for_host("a.b.internal") == 200);
  CHECK(w.status_for_host("internal") == 403);
  CHECK(w.status_for_host("x.tutti.example.org") == 403);
  w.settings.hosts = {"*"};
  CHECK(w.status_for_host("anything.example") == 200);
}

TEST_CASE("a page of another origin may not send requests, unless configured") {
  world w;
  auto from = [&](std::string origin, std::string host = "localhost:8080") {
    return w.ask("POST", "/write",
                 {{"Host", std::move(host)}, {"Origin", std::move(origin)}},
                 "{}");
  };
  for (auto* origin : {"https://evil.example", "null", "http://localhost:3000",
                       "http://localhost", "localhost:8080"}) {
    CAPTURE(origin);
    auto said = from(origin);
    CHECK(said.status == 403);
    CHECK(said.body.find("http.allowed_origins") != std::string::npos);
  }
  CHECK(w.handled == 0);
  CHECK(from("http://localhost:8080").status == 200);
  w.settings.origins = {"http://localhost:3000"};
  auto said = from("http://localhost:3000");
  CHECK(said.status == 200);
  CHECK(header(said, "Access-Control-Allow-Origin") == "http://localhost:3000");
  CHECK(from("https://evil.example").status == 403);
  w.settings.origins = {"*"};
  CHECK(from("https://any.example").status == 200);
}

TEST_CASE("a browser is told in advance what an allowed page may send") {
  world w;
  w.settings.origins = {"https://ui.example"};
  auto said = w.ask("OPTIONS", "/write",
                    {{"Host", "localhost"},
                     {"Origin", "https://ui.example"},
                     {"Access-Control-Request-Method", "POST"},
                     {"Access-Control-Request-Headers", "content-type"}});
  CHECK(said.status == 200);
  CHECK(header(said, "Access-Control-Allow-Methods") == "POST");
  CHECK(header(said, "Access-Control-Allow-Headers") == "content-type");
  CHECK(header(said, "Vary") == "Origin");
}

TEST_CASE("pictures and links of other sites take no tasks") {
  world w;
  auto from = [&](const char* target, const char* site, const char* mode) {
    return w
        .ask("GET", target,
             {{"Host", "localhost"},
              {"Sec-Fetch-Site", site},
              {"Sec-Fetch-Mode", mode}})
        .status;
  };
  CHECK(from("/poll", "cross-site", "no-cors") == 403);
  CHECK(from("/poll", "same-site", "no-cors") == 403);
  CHECK(from("/poll", "cross-site", "navigate") == 403);
  CHECK(from("/read", "cross-site", "no-cors") == 403);
  CHECK(from("/read", "cross-site", "navigate") == 200);
  CHECK(from("/poll", "same-origin", "cors") == 200);
  CHECK(from("/poll", "none", "navigate") == 200);
}

TEST_CASE("a body of a JSON route calls itself JSON or nothing") {
  world w;
  auto with = [&](const char* target, const char* type, std::string body) {
    return w.ask("POST", target,
                 {{"Host", "localhost"}, {"Content-Type", type}},
                 std::move(body));
  };
  for (auto* type : {"application/json", "Application/JSON; charset=utf-8",
                     "text/json", "application/vnd.api+json", ""}) {
    CAPTURE(type);
    CHECK(with("/write", type, "{}").status == 200);
  }
  CHECK(w.ask("POST", "/write", {{"Host", "localhost"}}, "{}").status == 200);
  for (auto* type : {"application/x-www-form-urlencoded", "text/plain",
                     "multipart/form-data; boundary=x", "application/jsonx"}) {
    CAPTURE(type);
    auto said = with("/write", type, "{}");
    CHECK(said.status == 415);
    CHECK(said.body.find("'Content-Type: application/json'")
          != std::string::npos);
    CHECK(with("/write", type, "").status == 200);
    CHECK(with("/log", type, "a line").status == 200);
  }
}

} // namespace tutti::rest
