#include "api/rest/server/server.hpp"

#include "tests/unit/api/rest/server/client.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

namespace tutti::rest {

using test::client;
using test::echo;
using test::serve;

TEST_CASE("a connection is kept and serves one request after another") {
  auto s = serve(echo);
  client c(s->port());
  for (int i = 0; i < 100; ++i)
    REQUIRE(c.get("/n/" + std::to_string(i)).body
            == "GET /n/" + std::to_string(i));
  CHECK(s->stats().requests == 100);
  CHECK(s->stats().accepted == 1);
}

TEST_CASE("pipelined requests are answered in order, however they are cut") {
  auto s = serve(echo);
  std::string all;
  for (int i = 0; i < 300; ++i) {
    auto n = std::to_string(i);
    all += "POST /p/" + n + " HTTP/1.1\r\nHost: h\r\nContent-Length: "
           + std::to_string(n.size()) + "\r\n\r\n" + n + "\r\n";
  }
  for (size_t piece : {size_t{1}, size_t{7}, size_t{4096}, all.size()}) {
    CAPTURE(piece);
    client c(s->port());
    for (size_t at = 0; at < all.size(); at += piece)
      REQUIRE(c.say(std::string_view(all).substr(at, piece)));
    for (int i = 0; i < 300; ++i) {
      auto n = std::to_string(i);
      REQUIRE(c.hear().body == "POST /p/" + n + " " + n);
    }
  }
}

TEST_CASE("bodies arrive whole, declared or chunked") {
  auto s = serve(
      [](std::shared_ptr<exchange> x) { x->reply(text(x->take_body())); });
  client c(s->port());
  std::string big(3 << 20, 'x');
  for (size_t i = 0; i < big.size(); i += 1000)
    big[i] = static_cast<char>('a' + i / 1000 % 26);
  auto declared = c.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: "
                        + std::to_string(big.size()) + "\r\n\r\n" + big);
  CHECK((declared.body == big));
  auto chunked = c.ask("POST / HTTP/1.1\r\nHost: h\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n"
                       "3;name=value\r\nabc\r\n1\r\nd\r\n0\r\nX-T: 1\r\n\r\n");
  CHECK(chunked.body == "abcd");
}

TEST_CASE("a client that expects 100 Continue gets it before its answer") {
  auto s = serve(echo);
  client c(s->port());
  c.say("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
        "Content-Length: 2\r\n\r\n");
  CHECK(c.hear(true).status == 100);
  c.say("ok");
  CHECK(c.hear().body == "POST  ok");
  CHECK(c.ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n").status
        == 417);
}

TEST_CASE("HEAD gets the headers of GET without the body") {
  auto s = serve([](std::shared_ptr<exchange> x) { x->reply(text("12345")); });
  client c(s->port());
  c.say("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  auto head = c.hear(true);
  CHECK(head.has("Content-Length: 5\r\n"));
  CHECK(c.get("/").body == "12345");
}

TEST_CASE("the connection ends when the client says so or speaks HTTP/1.0") {
  auto s = serve(echo);
  client closing(s->port());
  auto last
      = closing.ask("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(last.has("Connection: close\r\n"));
  CHECK(closing.ended());
  client old(s->port());
  CHECK(old.ask("GET /a HTTP/1.0\r\n\r\n").has("Connection: close\r\n"));
  CHECK(old.ended());
  client kept(s->port());
  for (int i = 0; i < 2; ++i)
    CHECK(kept.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
              .has("Connection: keep-alive\r\n"));
}

TEST_CASE("a client that closed its sending side still gets its answers") {
  auto s = serve(echo);
  client c(s->port());
  c.say("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  c.half_close();
  CHECK(c.hear().body == "GET /1");
  CHECK(c.hear().body == "GET /2");
  CHECK(c.ended());
}

TEST_CASE("an answer larger than the socket takes arrives whole") {
  std::string big(40 << 20, 'y');
  auto s = serve([&](std::shared_ptr<exchange> x) { x->reply(text(big)); });
  client c(s->port(), 4096);
  CHECK((c.get("/").body == big));
  CHECK((c.get("/").body == big));
}

TEST_CASE("a handler that throws costs its client one 500, nobody else more") {
  std::string logged;
  server_options options;
  options.log = [&](std::string_view line) { logged = line; };
  auto s = serve(
      [](std::shared_ptr<exchange> x) {
        if (x->segments().empty())
          throw std::runtime_error("boom");
        x->reply({});
      },
      options);
  client c(s->port());
  CHECK(c.get("/").status == 500);
  CHECK(c.get("/fine").status == 200);
  s->stop();
  CHECK(logged == "a handler failed: boom");
}

TEST_CASE("several loops share a port and all serve") {
  server_options options;
  options.threads = 4;
  std::mutex mutex;
  std::vector<std::thread::id> seen;
  auto s = serve(
      [&](std::shared_ptr<exchange> x) {
        std::lock_guard guard(mutex);
        auto me = std::this_thread::get_id();
        if (std::find(seen.begin(), seen.end(), me) == seen.end())
          seen.push_back(me);
        x->reply({});
      },
      options);
  std::vector<client> clients;
  for (int i = 0; i < 200; ++i) {
    clients.emplace_back(s->port());
    REQUIRE(clients.back().get("/").status == 200);
  }
  CHECK(seen.size() == 4);
}

TEST_CASE("a port that somebody listens on is refused with its number") {
  server_options options;
  for (unsigned first : {1u, 2u}) {
    options.port = 0;
    options.threads = first;
    auto s = serve(echo, options);
    options.port = s->port();
    for (unsigned second : {1u, 2u}) {
      options.threads = second;
      auto again = server::start(options, echo);
      REQUIRE_FALSE(again);
      CHECK(again.failure().message.find(std::to_string(s->port()))
            != std::string::npos);
    }
  }
  options.address = "300.1.1.1";
  CHECK_FALSE(server::start(options, echo));
}

} // namespace tutti::rest
