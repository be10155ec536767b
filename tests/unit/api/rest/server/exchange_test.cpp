#include "api/rest/server/exchange.hpp"

#include "tests/unit/api/rest/server/local_exchange.hpp"

#include <doctest/doctest.h>

namespace tutti::rest {

TEST_CASE("only the first reply counts") {
  test::local_exchange local("GET", "/");
  local.x->reply(text("first"));
  local.x->reply(text("second"));
  CHECK(local.x->replied());
  CHECK(local.answer()->body == "first");
}

TEST_CASE("an exchange that nobody answers becomes a 500") {
  test::local_exchange local("GET", "/");
  local.x.reset();
  REQUIRE(local.answer());
  CHECK(local.answer()->status == 500);
}

TEST_CASE("a callback hears once that the client left, even afterwards") {
  int told = 0;
  test::local_exchange early("GET", "/");
  early.x->on_gone([&] { ++told; });
  CHECK_FALSE(early.x->gone());
  CHECK(early.x->leave());
  CHECK_FALSE(early.x->leave());
  CHECK(early.x->gone());
  CHECK(told == 1);
  test::local_exchange late("GET", "/");
  CHECK_FALSE(late.x->leave());
  late.x->on_gone([&] { ++told; });
  CHECK(told == 2);
}

TEST_CASE("a reply drops the callback and what it holds") {
  test::local_exchange local("GET", "/");
  local.x->on_gone([self = local.x] {});
  std::weak_ptr<exchange> watched = local.x;
  local.x->reply({});
  local.x.reset();
  CHECK(watched.expired());
}

TEST_CASE("parameters and headers are found by name, repeated or not") {
  test::local_exchange local("GET", "/p?taskType=a&n=1&taskType=b", "body",
                             {{"X-Authorization", "token"}});
  auto& x = *local.x;
  CHECK(x.query("n") == "1");
  CHECK_FALSE(x.query("N"));
  CHECK(x.query("taskType") == "a");
  CHECK(x.query_all("taskType") == std::vector<std::string_view>{"a", "b"});
  CHECK(x.header("x-authorization") == "token");
  CHECK_FALSE(x.header("authorization"));
  CHECK(x.take_body() == "body");
  CHECK(x.body().empty());
  x.reply({});
}

} // namespace tutti::rest
