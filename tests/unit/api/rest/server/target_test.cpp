#include "api/rest/server/target.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tutti::rest {

namespace target_test {

std::string path(std::string_view raw) {
  target t;
  if (auto ok = parse_target(raw, t); !ok)
    return ok.failure().message;
  std::string out;
  for (auto s : t.segments)
    out.append("[").append(s).append("]");
  for (auto& [name, value] : t.query)
    out.append(name).append("=").append(value).append(";");
  return out;
}

} // namespace target_test

TEST_CASE("a path is split, decoded once, and keeps its plus signs") {
  using target_test::path;
  CHECK(path("/") == "");
  CHECK(path("/api/tasks/") == "[api][tasks]");
  CHECK(path("/a%20b/c+d") == "[a b][c+d]");
  CHECK(path("/conductor%3Aevent") == "[conductor:event]");
  CHECK(path("/conductor:event") == "[conductor:event]");
  CHECK(path("/%2541") == "[%41]");
  CHECK(path("/gr%C3%BC%C3%9Fe") == "[gr\u00fc\u00dfe]");
  CHECK(path("/a//b") == "[a][][b]");
  CHECK(path("/a%2Fb/c%2fd") == "[a/b][c/d]");
  CHECK(path("http://host:1/a?b=c") == "[a]b=c;");
  CHECK(path("http://host") == "");
}

TEST_CASE("query parameters are form-decoded and may repeat") {
  using target_test::path;
  CHECK(path("/?a=1&a=2&b") == "a=1;a=2;b=;");
  CHECK(path("/?q=a+b%2Bc%2Fd&&x=") == "q=a b+c/d;x=;");
  CHECK(path("/?a=b=c") == "a=b=c;");
}

TEST_CASE("a target that cannot be read is refused with the reason") {
  using target_test::path;
  const std::string start = "the request target ";
  auto escape = start + "has an incomplete percent escape";
  CHECK(path("/a%") == escape);
  CHECK(path("/a%4") == escape);
  CHECK(path("/a%zz") == escape);
  CHECK(path("/?x=%G1") == escape);
  CHECK(path("/%00") == start + "contains an encoded NUL");
  CHECK(path("/%C3") == start + "is not UTF-8");
  CHECK(path("/%C0%AF") == start + "is not UTF-8");
  CHECK(path("/%ED%A0%80") == start + "is not UTF-8");
  CHECK(path("host:80") == start + "is neither a path nor an http URL");
}

} // namespace tutti::rest
