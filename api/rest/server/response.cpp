#include "api/rest/server/response.hpp"

#include "api/rest/server/text.hpp"
#include "messages/model/codec.hpp"

#include <unistd.h>

#include <array>
#include <charconv>

namespace tutti::rest {

namespace response_detail {

std::string_view status_line(uint16_t status) {
  switch (status) {
    case 200:
      return "HTTP/1.1 200 OK\r\n";
    case 201:
      return "HTTP/1.1 201 Created\r\n";
    case 202:
      return "HTTP/1.1 202 Accepted\r\n";
    case 204:
      return "HTTP/1.1 204 No Content\r\n";
    case 302:
      return "HTTP/1.1 302 Found\r\n";
    case 304:
      return "HTTP/1.1 304 Not Modified\r\n";
    case 400:
      return "HTTP/1.1 400 Bad Request\r\n";
    case 401:
      return "HTTP/1.1 401 Unauthorized\r\n";
    case 403:
      return "HTTP/1.1 403 Forbidden\r\n";
    case 404:
      return "HTTP/1.1 404 Not Found\r\n";
    case 405:
      return "HTTP/1.1 405 Method Not Allowed\r\n";
    case 408:
      return "HTTP/1.1 408 Request Timeout\r\n";
    case 409:
      return "HTTP/1.1 409 Conflict\r\n";
    case 413:
      return "HTTP/1.1 413 Content Too Large\r\n";
    case 414:
      return "HTTP/1.1 414 URI Too Long\r\n";
    case 415:
      return "HTTP/1.1 415 Unsupported Media Type\r\n";
    case 417:
      return "HTTP/1.1 417 Expectation Failed\r\n";
    case 429:
      return "HTTP/1.1 429 Too Many Requests\r\n";
    case 431:
      return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
    case 500:
      return "HTTP/1.1 500 Internal Server Error\r\n";
    case 501:
      return "HTTP/1.1 501 Not Implemented\r\n";
    case 503:
      return "HTTP/1.1 503 Service Unavailable\r\n";
    case 504:
      return "HTTP/1.1 504 Gateway Timeout\r\n";
    case 505:
      return "HTTP/1.1 505 HTTP Version Not Supported\r\n";
  }
  return {};
}

void append_number(std::string& out, uint64_t n) {
  std::array<char, 20> digits;
  auto end = std::to_chars(digits.begin(), digits.end(), n).ptr;
  out.append(digits.begin(), end);
}

// A line end in a value would let the caller start a header.
void append_field(std::string& out, std::string_view text) {
  for (char c : text)
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
}

} // namespace response_detail

response json(std::string body, uint16_t status) {
  return {status, content::json, std::move(body), {}};
}

response text(std::string body, uint16_t status) {
  return {status, content::text, std::move(body), {}};
}

response no_content() { return {204, content::none, {}, {}}; }

response error(uint16_t status, std::string_view message, bool retryable) {
  std::string body = "{\"status\":";
  response_detail::append_number(body, status);
  body += ",\"message\":";
  write_string(body, message);
  body += ",\"instance\":";
  write_string(body, instance_name());
  body += retryable ? ",\"retryable\":true}" : ",\"retryable\":false}";
  return json(std::move(body), status);
}

const std::string& instance_name() {
  static const std::string name = [] {
    std::array<char, 256> buffer{};
    if (gethostname(buffer.data(), buffer.size() - 1) != 0)
      return std::string("localhost");
    return std::string(buffer.data());
  }();
  return name;
}

void append_head(std::string& out, const response& x, const head_options& how) {
  using namespace response_detail;
  if (auto line = status_line(x.status); !line.empty()) {
    out += line;
  } else {
    out += "HTTP/1.1 ";
    append_number(out, x.status);
    out += " Status\r\n";
  }
  out += how.date;
  switch (x.content) {
    case content::none:
      break;
    case content::json:
      out += "Content-Type: application/json\r\n";
      break;
    case content::text:
      out += "Content-Type: text/plain;charset=UTF-8\r\n";
      break;
  }
  if (x.status != 204 && x.status != 304) {
    out += "Content-Length: ";
    append_number(out, x.body.size());
    out += "\r\n";
  }
  for (auto& [name, value] : x.headers) {
    append_field(out, name);
    out += ": ";
    append_field(out, value);
    out += "\r\n";
  }
  if (how.close)
    out += "Connection: close\r\n";
  else if (how.keep_alive)
    out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

} // namespace tutti::rest
