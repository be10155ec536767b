#include "api/rest/server/response.hpp"

#include <doctest/doctest.h>

namespace tutti::rest {

namespace response_test {

std::string head(const response& x) {
  std::string out;
  append_head(out, x, {});
  return out;
}

} // namespace response_test

TEST_CASE("each kind of answer has the headers clients choose a parser by") {
  using response_test::head;
  CHECK(head({}) == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  CHECK(head(no_content()) == "HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(head(text(""))
        == "HTTP/1.1 200 OK\r\nContent-Type: "
           "text/plain;charset=UTF-8\r\nContent-Length: "
           "0\r\n\r\n");
  CHECK(head(json("{}"))
        == "HTTP/1.1 200 OK\r\nContent-Type: "
           "application/json\r\nContent-Length: 2\r\n\r\n");
}

TEST_CASE("an error body quotes whatever a client sent as valid JSON") {
  auto x = error(404, "no \"x\"\n\x01\xff\xc3\xa9", true);
  CHECK(x.status == 404);
  CHECK(x.content == content::json);
  CHECK(x.body
        == "{\"status\":404,\"message\":\"no \\\"x\\\"\\n\\u0001\xEF\xBF\xBD"
           "\xc3\xa9\",\"instance\":\""
               + instance_name() + "\",\"retryable\":true}");
}

TEST_CASE("a header value cannot start another header") {
  response x;
  x.headers.emplace_back("Location", "a\r\nSet-Cookie: b");
  CHECK(response_test::head(x).find("Location: a  Set-Cookie: b\r\n")
        != std::string::npos);
}

} // namespace tutti::rest
