#include "api/rest/server/request_parser.hpp"

#include <doctest/doctest.h>

namespace tutti::rest {

namespace request_parser_test {

/// The status of the refusal after these pieces; 0: it was not refused.
uint16_t refusal_of(std::string_view whole, size_t cut) {
  server_limits limits;
  request_parser parser(limits);
  request into;
  std::string in;
  for (auto piece : {whole.substr(0, cut), whole.substr(cut)}) {
    in += piece;
    auto [used, state] = parser.feed(in, into);
    if (state == request_parser::state::refused)
      return parser.status();
    in.erase(0, used);
  }
  return 0;
}

} // namespace request_parser_test

TEST_CASE("the status of a refusal is the same wherever a packet ends") {
  struct {
    uint16_t status;
    std::string_view text;
  } cases[] = {
      {505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
      {400, "GET / GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
      {505, "GET / HTTP/2.01\r\nHost: h\r\n\r\n"},
      {400, "GET / HTTP/1.1\rX: y\nGET / HTTP/2.0\r\nHost: h\r\n\r\n"},
      {501, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\n\r\n"},
  };
  for (auto& x : cases)
    for (size_t cut = 0; cut <= x.text.size(); ++cut) {
      CAPTURE(x.text);
      CAPTURE(cut);
      CHECK(request_parser_test::refusal_of(x.text, cut) == x.status);
    }
}

TEST_CASE("a chunked body without bytes is complete, however it arrives") {
  std::string_view text = "POST / HTTP/1.1\r\nHost: h\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  server_limits limits;
  request_parser parser(limits);
  request into;
  std::string in;
  for (size_t i = 0; i < text.size(); ++i) {
    in += text[i];
    auto [used, state] = parser.feed(in, into);
    in.erase(0, used);
    CHECK((state == request_parser::state::complete) == (i + 1 == text.size()));
  }
  CHECK(in.empty());
  CHECK(into.body.empty());
}

} // namespace tutti::rest
