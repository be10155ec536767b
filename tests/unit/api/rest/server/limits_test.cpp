#include "tests/unit/api/rest/server/client.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

namespace tutti::rest {

using namespace std::chrono_literals;
using test::client;
using test::echo;
using test::serve;

namespace limits_test {

server_options with(server_limits limits) {
  server_options options;
  options.limits = limits;
  return options;
}

} // namespace limits_test

TEST_CASE("a declared body over the limit is refused before it is sent") {
  auto s = serve(echo, limits_test::with({.body_bytes = 1000}));
  client c(s->port());
  auto answer = c.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: "
                      "50000000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(answer.status == 413);
  CHECK(answer.body.find("1000 bytes") != std::string::npos);
  CHECK(answer.has("Connection: close\r\n"));
  CHECK(c.ended());
  client fits(s->port());
  CHECK(fits.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n"
                 + std::string(1000, 'x'))
            .status
        == 200);
}

TEST_CASE("a client that sends its large body anyway still reads the 413") {
  auto s = serve(echo, limits_test::with({.body_bytes = 1000}));
  client c(s->port());
  c.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n");
  CHECK(c.say(std::string(500'000, 'x')));
  CHECK(c.hear().status == 413);
}

TEST_CASE("all bodies together have one bound, and small ones go on [A8]") {
  auto s = serve(echo, limits_test::with({.body_bytes = 1'000'000,
                                          .bodies_bytes = 4'000'000,
                                          .small_body_bytes = 1'000,
                                          .stall_timeout = 1h}));
  const std::string head
      = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
  std::vector<client> hogs;
  for (int i = 0; i < 4; ++i) {
    hogs.emplace_back(s->port());
    REQUIRE(hogs.back().say(head + std::string(999'999, 'x')));
  }
  auto bodies = s->bodies();
  while (bodies->used() < 4 * 999'999)
    std::this_thread::yield();
  client late(s->port());
  auto answer = late.ask(head + std::string(10'000, 'x'));
  CHECK(answer.status == 429);
  CHECK(answer.has("Retry-After: 1\r\n"));
  CHECK(answer.body.find("http.bodies_mib_max") != std::string::npos);
  CHECK(bodies->used() <= 4'000'000);
  // Nobody else notices.
  client normal(s->port());
  CHECK(normal.get("/").status == 200);
  CHECK(normal
            .ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n"
                 + std::string(500, 'x'))
            .status
        == 200);
  // What was begun is finished, and then there is room again.
  for (auto& hog : hogs)
    CHECK(hog.ask("x").status == 200);
  CHECK(bodies->used() == 0);
  CHECK(s->counts()->refusals[size_t(refusal::bodies)] == 1);
  client again(s->port());
  CHECK(again.ask(head + std::string(1'000'000, 'x')).status == 200);
}

TEST_CASE("a body that stands still makes room for one that moves [A8]") {
  auto s = serve(echo, limits_test::with({.body_bytes = 1'000'000,
                                          .bodies_bytes = 2'000'000,
                                          .small_body_bytes = 0,
                                          .stall_timeout = 0ms}));
  const std::string head
      = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
  client first(s->port()), second(s->port()), third(s->port());
  auto bodies = s->bodies();
  for (auto* c : {&first, &second}) {
    auto before = bodies->used();
    c->say(head + std::string(900'000, 'x'));
    while (bodies->used() < before + 900'000)
      std::this_thread::yield();
  }
  CHECK(third.ask(head + std::string(1'000'000, 'x')).status == 200);
  CHECK(first.hear().status == 429);
  CHECK(second.ask(std::string(100'000, 'x')).status == 200);
}

TEST_CASE("a body counts until its request is answered [A8]") {
  std::vector<std::shared_ptr<exchange>> parked;
  std::mutex mutex;
  auto s = serve(
      [&](std::shared_ptr<exchange> x) {
        std::lock_guard guard(mutex);
        parked.push_back(std::move(x));
      },
      limits_test::with(
          {.body_bytes = 1'000, .bodies_bytes = 1'000, .small_body_bytes = 0}));
  const std::string request
      = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n"
        + std::string(1'000, 'x');
  client one(s->port()), two(s->port());
  one.say(request);
  while (s->stats().requests == 0)
    std::this_thread::yield();
  CHECK(two.ask(request).status == 429);
  CHECK(s->counts()->waiting == 1);
  {
    std::lock_guard guard(mutex);
    parked.front()->reply(text("done"));
    parked.clear();
  }
  CHECK(one.hear().body == "done");
  CHECK(s->bodies()->used() == 0);
  CHECK(s->counts()->waiting == 0);
}

TEST_CASE("a body without end is cut off after the bytes of the limit") {
  auto s = serve(echo, limits_test::with(
                           {.body_bytes = 100'000, .linger_bytes = 100'000}));
  client c(s->port());
  c.say("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunk = "2710\r\n" + std::string(10'000, 'x') + "\r\n";
  int sent = 0;
  while (sent < 10'000 && c.say(chunk))
    ++sent;
  CHECK(sent < 10'000);
}

TEST_CASE("chunk extensions and trailers are bounded too") {
  auto s = serve(echo, limits_test::with({.header_bytes = 1000}));
  const std::string start
      = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  client extension(s->port());
  CHECK(extension.ask(start + "1;" + std::string(5000, 'a')).status == 400);
  client trailer(s->port());
  CHECK(trailer.ask(start + "0\r\nX: " + std::string(5000, 'a')).status == 400);
}

TEST_CASE("long request lines are 414, long or many headers 431") {
  auto s = serve(
      echo, limits_test::with({.header_bytes = 4000, .header_fields = 20}));
  client target(s->port());
  auto long_target = target.get("/" + std::string(60'000, 'a'));
  CHECK(long_target.status == 414);
  client header(s->port());
  auto long_header = header.ask("GET / HTTP/1.1\r\nHost: h\r\nX: "
                                + std::string(60'000, 'a') + "\r\n\r\n");
  CHECK(long_header.status == 431);
  CHECK(long_header.body.starts_with("{\"status\":431"));
  // In pieces, none of which is too long.
  client many(s->port());
  many.say("GET / HTTP/1.1\r\nHost: h\r\n");
  for (int i = 0; i < 8; ++i)
    many.say("X" + std::to_string(i) + ": " + std::string(900, 'a') + "\r\n");
  many.say("\r\n");
  CHECK(many.hear().status == 431);
  client count(s->port());
  std::string fields;
  for (int i = 0; i < 21; ++i)
    fields += "X: y\r\n";
  CHECK(count.ask("GET / HTTP/1.1\r\n" + fields + "\r\n").status == 431);
}

TEST_CASE("half a request and then silence ends within the time given") {
  auto s = serve(echo, limits_test::with({.request_timeout = 150ms}));
  for (auto half : {"GET / HT", "GET / HTTP/1.1\r\nHost: h\r\n",
                    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab",
                    "POST / HTTP/1.1\r\nHost: h\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    CAPTURE(half);
    client c(s->port());
    auto start = std::chrono::steady_clock::now();
    CHECK(c.ask(half).status == 408);
    CHECK(c.ended());
    auto took = std::chrono::steady_clock::now() - start;
    CHECK(took >= 100ms);
    CHECK(took < 5s);
  }
  client silent(s->port());
  CHECK(silent.ended());
}

TEST_CASE("a request that trickles in has one deadline, not one per byte") {
  auto s = serve(echo, limits_test::with({.request_timeout = 300ms}));
  client c(s->port());
  REQUIRE(c.get("/first").status == 200);
  auto start = std::chrono::steady_clock::now();
  // The wait for an answer is what paces the bytes.
  while (!c.hears_within(20ms)
         && std::chrono::steady_clock::now() - start < 10s)
    c.say("G");
  CHECK(c.hear().status == 408);
}

TEST_CASE("an idle connection is closed, a busy one is not") {
  auto s = serve(echo, limits_test::with({.idle_timeout = 200ms}));
  client idle(s->port());
  client busy(s->port());
  REQUIRE(idle.get("/").status == 200);
  REQUIRE(busy.get("/").status == 200);
  auto start = std::chrono::steady_clock::now();
  while (!idle.hears_within(20ms)
         && std::chrono::steady_clock::now() - start < 10s)
    REQUIRE(busy.get("/").status == 200);
  CHECK(idle.ended());
  CHECK(std::chrono::steady_clock::now() - start >= 150ms);
  CHECK(busy.get("/").status == 200);
}

TEST_CASE("a client that does not take its answer is dropped") {
  std::string big(20 << 20, 'y');
  auto s = serve([&](std::shared_ptr<exchange> x) { x->reply(text(big)); },
                 limits_test::with({.write_timeout = 150ms}));
  client c(s->port(), 4096);
  c.say("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  auto start = std::chrono::steady_clock::now();
  while (s->stats().connections != 1 || s->stats().requests != 1)
    std::this_thread::yield();
  while (s->stats().connections > 0
         && std::chrono::steady_clock::now() - start < 10s)
    std::this_thread::yield();
  CHECK(s->stats().connections == 0);
  CHECK(c.hear().status == 0);
}

TEST_CASE("when answers pile up the client that stood still longest goes") {
  std::string big(20 << 20, 'y');
  auto s = serve([&](std::shared_ptr<exchange> x) { x->reply(text(big)); },
                 limits_test::with({.output_bytes = 45 << 20}));
  std::vector<client> slow;
  for (int i = 0; i < 4; ++i) {
    slow.emplace_back(s->port(), 4096);
    slow.back().say("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(slow.back().hears_within(10s));
  }
  CHECK(slow[0].hear().status == 0);
  CHECK(slow[3].hear().status == 200);
}

TEST_CASE("past the number of connections the next is told to come back") {
  auto s = serve(echo, limits_test::with({.connections = 2}));
  client a(s->port());
  client b(s->port());
  REQUIRE(a.get("/").status == 200);
  REQUIRE(b.get("/").status == 200);
  {
    client c(s->port());
    auto answer = c.hear();
    CHECK(answer.status == 503);
    CHECK(answer.body.find("\"retryable\":true") != std::string::npos);
  }
  b.leave();
  while (s->stats().connections > 1)
    std::this_thread::yield();
  client d(s->port());
  CHECK(d.get("/").status == 200);
}

TEST_CASE("without file descriptors accepting pauses and comes back") {
  int said = 0;
  auto options = limits_test::with({});
  options.log = [&](std::string_view) { ++said; };
  auto s = serve(echo, options);
  client before(s->port());
  REQUIRE(before.get("/").status == 200);
  rlimit old{};
  getrlimit(RLIMIT_NOFILE, &old);
  // The client's own socket exists before the last descriptor is taken.
  std::vector<int> hoard;
  auto spare = socket(AF_INET, SOCK_STREAM, 0);
  rlimit tight = old;
  tight.rlim_cur = static_cast<rlim_t>(spare) + 1;
  setrlimit(RLIMIT_NOFILE, &tight);
  for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0;)
    hoard.push_back(fd);
  close(spare);
  {
    client waiting(s->port()); // takes the descriptor just freed
    waiting.say("GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(before.get("/").status == 200); // after the accept that failed
    CHECK_FALSE(waiting.hears_within(50ms));
    setrlimit(RLIMIT_NOFILE, &old);
    CHECK(waiting.hear().body == "GET /late");
  }
  for (int fd : hoard)
    close(fd);
  s->stop();
  CHECK(said == 1);
}

} // namespace tutti::rest
