#include "api/rest/error_map.hpp"

#include "api/rest/server/text.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace error_map_detail {

struct wire_error {
  uint16_t status;
  bool retryable = false;
};

/// With 429.
constexpr auto retry_after_seconds = "1";

// As clients of Conductor expect: illegal state is 500, not 409, and a busy
// store 500, not 503.
wire_error to_wire(errc code) {
  switch (code) {
    case errc::not_found:
      return {404};
    case errc::conflict:
      return {409};
    case errc::invalid:
      return {400};
    case errc::forbidden:
      return {403};
    case errc::illegal_state:
      return {500};
    case errc::too_large:
      return {413};
    case errc::too_many:
      return {429};
    case errc::unavailable:
      return {500, true};
    case errc::internal:
      return {500};
  }
  return {500};
}

response validation_error(const failure& why) {
  auto status = to_wire(why.code).status;
  std::string body = "{\"status\":" + std::to_string(status) + ",\"message\":";
  write_string(body, why.message);
  body += ",\"retryable\":false,\"validationErrors\":[";
  for (auto& x : why.violations) {
    body += body.back() == '[' ? "{\"path\":" : ",{\"path\":";
    write_string(body, x.path);
    body += ",\"message\":";
    write_string(body, x.message);
    if (x.invalid_value) {
      body += ",\"invalidValue\":";
      write_string(body, *x.invalid_value);
    }
    body += '}';
  }
  body += "]}";
  return json(std::move(body), status);
}

} // namespace error_map_detail

response to_response(const failure& why) {
  using namespace error_map_detail;
  if (!why.violations.empty())
    return validation_error(why);
  auto [status, retryable] = to_wire(why.code);
  auto out = error(status, why.message, retryable);
  if (why.code == errc::too_many)
    out.headers.emplace_back("Retry-After", retry_after_seconds);
  return out;
}

} // namespace tutti::rest
