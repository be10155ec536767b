#include "tests/unit/api/rest/server/client.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace tutti::rest {

using namespace std::chrono_literals;
using test::client;
using test::serve;

namespace parked_test {

/// Holds exchanges the way a task queue holds polls.
class lot {
 public:
  void park(std::shared_ptr<exchange> x) {
    std::lock_guard guard(mutex_);
    parked_.push_back(std::move(x));
    changed_.notify_all();
  }
  std::vector<std::shared_ptr<exchange>> take(size_t n) {
    std::unique_lock guard(mutex_);
    changed_.wait(guard, [&] { return parked_.size() >= n; });
    return std::exchange(parked_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<exchange>> parked_;
};

/// "/park" waits for another thread, anything else is answered at once.
request_handler parking(lot& l) {
  return [&l](std::shared_ptr<exchange> x) {
    if (!x->segments().empty() && x->segments()[0] == "park")
      l.park(std::move(x));
    else
      x->reply(text("now"));
  };
}

const char* const park = "GET /park HTTP/1.1\r\nHost: h\r\n\r\n";

} // namespace parked_test

TEST_CASE("two thousand parked polls are answered from another thread") {
  parked_test::lot lot;
  auto s = serve(parked_test::parking(lot));
  std::vector<client> clients;
  for (int i = 0; i < 2000; ++i) {
    clients.emplace_back(s->port());
    REQUIRE(clients.back().say("GET /park?n=" + std::to_string(i)
                               + " HTTP/1.1\r\nHost: h\r\n\r\n"));
  }
  auto parked = lot.take(2000);
  CHECK(s->stats().connections == 2000);
  client other(s->port());
  CHECK(other.get("/").body == "now");
  for (auto& x : parked)
    x->reply(text(std::string(*x->query("n"))));
  for (int i = 0; i < 2000; ++i)
    REQUIRE(clients[static_cast<size_t>(i)].hear().body == std::to_string(i));
}

TEST_CASE("bytes behind a parked request wait for its answer") {
  parked_test::lot lot;
  auto s = serve(parked_test::parking(lot));
  client c(s->port());
  c.say(std::string(parked_test::park) + "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  auto parked = lot.take(1);
  CHECK_FALSE(c.hears_within(50ms));
  parked[0]->reply(text("later"));
  CHECK(c.hear().body == "later");
  CHECK(c.hear().body == "now");
}

TEST_CASE("replies from many threads at once all arrive") {
  parked_test::lot lot;
  auto s = serve(parked_test::parking(lot));
  std::atomic<bool> over = false;
  std::vector<std::thread> answering;
  std::mutex mutex;
  std::vector<std::shared_ptr<exchange>> ready;
  for (int i = 0; i < 3; ++i)
    answering.emplace_back([&] {
      while (!over) {
        std::shared_ptr<exchange> x;
        {
          std::lock_guard guard(mutex);
          if (!ready.empty()) {
            x = std::move(ready.back());
            ready.pop_back();
          }
        }
        if (x)
          x->reply(text("from afar"));
        else
          std::this_thread::yield();
      }
    });
  std::vector<client> clients;
  for (int i = 0; i < 32; ++i)
    clients.emplace_back(s->port());
  for (int round = 0; round < 100; ++round) {
    for (auto& c : clients)
      c.say(parked_test::park);
    auto batch = lot.take(clients.size());
    {
      std::lock_guard guard(mutex);
      ready = std::move(batch);
    }
    for (auto& c : clients)
      REQUIRE(c.hear().body == "from afar");
  }
  over = true;
  for (auto& t : answering)
    t.join();
}

TEST_CASE("whoever parks a request hears when its client leaves") {
  parked_test::lot lot;
  auto s = serve(parked_test::parking(lot));
  client c(s->port());
  c.say(parked_test::park);
  auto x = lot.take(1)[0];
  std::mutex mutex;
  std::condition_variable told;
  int times = 0;
  x->on_gone([&] {
    std::lock_guard guard(mutex);
    ++times;
    told.notify_all();
  });
  CHECK_FALSE(x->gone());
  c.leave();
  {
    std::unique_lock guard(mutex);
    REQUIRE(told.wait_for(guard, 10s, [&] { return times > 0; }));
  }
  CHECK(x->gone());
  x->reply(text("nobody")); // harmless
  client next(s->port());
  CHECK(next.get("/").body == "now");
  s->stop();
  CHECK(times == 1);
}

TEST_CASE("a parked request that nobody watches outlives a half close") {
  parked_test::lot lot;
  auto s = serve(parked_test::parking(lot));
  client c(s->port());
  c.say(parked_test::park);
  c.half_close();
  auto x = lot.take(1)[0];
  while (!x->gone())
    std::this_thread::yield();
  x->reply(text("still here"));
  CHECK(c.hear().body == "still here");
  CHECK(c.ended());
}

TEST_CASE("an exchange dropped on another thread answers 500") {
  parked_test::lot lot;
  auto s = serve(parked_test::parking(lot));
  client c(s->port());
  c.say(parked_test::park);
  lot.take(1).clear();
  CHECK(c.hear().status == 500);
  CHECK(c.get("/").body == "now");
}

TEST_CASE("an answer may come after the server is gone") {
  parked_test::lot lot;
  auto s = serve(parked_test::parking(lot));
  client c(s->port());
  c.say(parked_test::park);
  auto x = lot.take(1)[0];
  bool told = false;
  x->on_gone([&] { told = true; });
  s.reset();
  CHECK(told);
  x->reply(text("too late"));
  CHECK(c.ended());
}

TEST_CASE("draining finishes what is under way and takes nothing new") {
  parked_test::lot lot;
  auto s = serve(parked_test::parking(lot));
  client idle(s->port());
  REQUIRE(idle.get("/").body == "now");
  client half(s->port());
  half.say("GET /half HTTP/1.1\r\n");
  client parked(s->port());
  parked.say(parked_test::park);
  auto held = lot.take(1);
  auto port = s->port();
  bool finished = false;
  std::thread draining(
      [&] { finished = s->drain(20s, [&] { held[0]->reply(no_content()); }); });
  CHECK(idle.ended());
  auto answer = parked.hear();
  CHECK(answer.status == 204);
  CHECK(answer.has("Connection: close\r\n"));
  half.say("Host: h\r\n\r\n");
  auto last = half.hear();
  CHECK(last.body == "now");
  CHECK(last.has("Connection: close\r\n"));
  draining.join();
  CHECK(finished);
  CHECK_THROWS(client(port));
}

TEST_CASE("draining ends at its deadline with those that never finish") {
  parked_test::lot lot;
  auto s = serve(parked_test::parking(lot));
  client parked(s->port());
  parked.say(parked_test::park);
  auto held = lot.take(1);
  bool told = false;
  held[0]->on_gone([&] { told = true; });
  auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(s->drain(100ms));
  CHECK(std::chrono::steady_clock::now() - start < 10s);
  CHECK(told);
  CHECK(parked.ended());
}

} // namespace tutti::rest
