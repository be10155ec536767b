#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::rest {

/// `none` sends no Content-Type; an extra header may still name one.
enum class content : uint8_t { none, json, text };

/// A response. The default is the "void" answer: 200, Content-Length: 0, no
/// content type.
struct response {
  uint16_t status = 200;
  rest::content content = rest::content::none;
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Sent whatever its size is: who sent it bounded it, and it holds what is
  /// nowhere else, as tasks that are the client's now.
  bool is_bounded = false;
};

response json(std::string body, uint16_t status = 200);
/// A bare string: the characters only, no quotes.
response text(std::string body, uint16_t status = 200);
response no_content();

/// The JSON error body of reference:errors.
response error(uint16_t status, std::string_view message,
               bool retryable = false);

/// The host name that error bodies carry as `instance`.
const std::string& instance_name();

struct head_options {
  bool close = false; ///< the connection ends after this response
  bool keep_alive
      = false;           ///< add the header, because the client speaks HTTP/1.0
  std::string_view date; ///< a whole "Date: ...\r\n" line, or nothing
};

/// Appends the status line and headers up to the empty line. Content-Length is
/// that of the body, also where HEAD does not send it.
void append_head(std::string& out, const response& x, const head_options& how);

} // namespace tutti::rest
