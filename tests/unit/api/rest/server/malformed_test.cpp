#include "tests/unit/api/rest/server/client.hpp"

#include <doctest/doctest.h>

#include <atomic>

namespace tutti::rest {

// Every form that another server on the way might read differently: if one of
// them were served, what follows it could be smuggled past that server.
TEST_CASE("what two servers could read differently is refused and the end") {
  std::atomic<int> served = 0;
  auto s = test::serve([&](std::shared_ptr<exchange> x) {
    ++served;
    x->reply({});
  });
  using namespace std::string_literals;
  struct row {
    int status;
    std::string request;
  };
  const std::string host = "Host: h\r\n";
  const std::string post = "POST / HTTP/1.1\r\n" + host;
  const std::string smuggled = "GET /evil HTTP/1.1\r\n" + host + "\r\n";
  for (auto& [status, request] : {
           row{400, post
                        + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"
                          "\r\n0\r\n\r\n"},
           row{400, post
                        + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"
                          "\r\n0\r\n\r\n"},
           row{400,
               post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
           row{400, post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
           row{400, post + "Content-Length: 3, 3\r\n\r\nabc"},
           row{400, post + "Content-Length: +3\r\n\r\nabc"},
           row{400, post + "Content-Length: 0x3\r\n\r\nabc"},
           row{400, post + "Content-Length: 99999999999999999999\r\n\r\n"},
           row{400, post + "Content-Length: \r\n\r\n"},
           row{400, post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
           row{400, post
                        + "Transfer-Encoding: chunked\r\nTransfer-Encoding: "
                          "chunked\r\n\r\n0\r\n\r\n"},
           row{400, post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
           row{400, post + "X: a\r\n b\r\n\r\n"},
           row{501, post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
           row{501, post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
           row{400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "0\r\n\r\n"},
           row{400, post + "Transfer-Encoding: chunked\r\n\r\nZ\r\n"},
           row{400, post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n"},
           row{400,
               post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n"},
           row{400, "GET /a\0b HTTP/1.1\r\n"s + host + "\r\n"},
           row{400, "GET / HTTP/1.1\r\n" + host + "X: a\0b\r\n\r\n"s},
           row{400, "GET / HTTP/1.1\n" + host + "\n"},
           row{400, "GET / HTTP/1.1\r\nHost: h\n\r\n"},
           row{400, "GET / HTTP/1.1\r\n Host: h\r\n\r\n"},
           row{400, "GET / HTTP/1.1\r\n\r\n"},
           row{400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
           row{400, "GET  / HTTP/1.1\r\n" + host + "\r\n"},
           row{400, "GET / HTTP/1.1 \r\n" + host + "\r\n"},
           row{400, "G@T / HTTP/1.1\r\n" + host + "\r\n"},
           row{400, "GET / HTTX/1.1\r\n" + host + "\r\n"},
           row{400, "\x16\x03\x01\x02"s},
           row{505, "GET / HTTP/2.0\r\n" + host + "\r\n"},
           row{505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
       }) {
    CAPTURE(request);
    test::client c(s->port());
    auto answer = c.ask(request + smuggled);
    CHECK(answer.status == status);
    CHECK(answer.body.starts_with("{\"status\":" + std::to_string(status)
                                  + ",\"message\":\""));
    CHECK(answer.has("Connection: close\r\n"));
    CHECK(c.hear().status == 0);
  }
  CHECK(served == 0);
  test::client next(s->port());
  CHECK(next.get("/").status == 200);
}

TEST_CASE("a lone carriage return or empty lines before a request are fine") {
  auto s = test::serve(test::echo);
  test::client c(s->port());
  c.say("\r");
  c.say("\n\r\n");
  CHECK(c.get("/a").body == "GET /a");
}

} // namespace tutti::rest
