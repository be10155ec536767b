#include "api/rest/server/large_bodies.hpp"

#include "messages/model/threads/work_pool.hpp"
#include "tests/unit/api/rest/server/client.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>

namespace tutti::rest {

using test::client;
using test::serve;

namespace large_bodies_test {

std::string request_of(size_t bytes) {
  return "POST /" + std::to_string(bytes)
         + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(bytes)
         + "\r\n\r\n" + std::string(bytes, 'x');
}

} // namespace large_bodies_test

using large_bodies_test::request_of;

TEST_CASE("a large body keeps no other client waiting [A6] [A7]") {
  std::promise<void> looked, begun;
  std::atomic<int> looks = 0;
  auto wait = looked.get_future().share();
  auto pool = std::make_shared<work_pool>(1, 1, "bodies");
  auto handler = [&, wait](std::shared_ptr<exchange> x) {
    if (x->body().size() > 100) {
      if (looks++ == 0)
        begun.set_value();
      wait.wait(); // a long look
    }
    x->reply(text(std::to_string(x->body().size())));
  };
  auto s = serve(handle_large_bodies_aside(handler, pool, 100));
  client large(s->port()), second(s->port()), third(s->port());
  large.say(request_of(101));
  begun.get_future().wait();
  second.say(request_of(101));
  while (pool->count().waiting == 0)
    std::this_thread::yield();
  // The line is full.
  auto refused = third.ask(request_of(101));
  CHECK(refused.status == 429);
  CHECK(refused.has("Retry-After: 1\r\n"));
  // The one loop of this server serves others all the same.
  client small(s->port());
  CHECK(small.ask(request_of(100)).body == "100");
  CHECK(small.get("/").status == 200);
  looked.set_value();
  CHECK(large.hear().body == "101");
  CHECK(second.hear().body == "101");
}

TEST_CASE("an answer over the bound is refused, unless it was bounded "
          "before [A9]") {
  server_options options;
  options.limits.answer_bytes = 1'000;
  auto s = serve(
      [](std::shared_ptr<exchange> x) {
        auto out = rest::json("\"" + std::string(2'000, 'x') + "\"");
        out.is_bounded = x->raw_target() == "/poll";
        x->reply(std::move(out));
      },
      options);
  client c(s->port());
  auto refused = c.get("/read");
  CHECK(refused.status == 413);
  CHECK(refused.body.find("http.answer_kib_max") != std::string::npos);
  CHECK(refused.body.find("2002 bytes") != std::string::npos);
  CHECK(c.get("/poll").body.size() == 2'002);
}

} // namespace tutti::rest
