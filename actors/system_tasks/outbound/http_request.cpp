#include "actors/system_tasks/outbound/http_request.hpp"

#include "actors/system_tasks/outbound/task_input.hpp"
#include "messages/model/payload.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

namespace http_request_detail {

using nlohmann::json;
using task_input::text_at;
using task_input::text_of;
using task_input::value_at;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view methods[]
    = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

/// RFC 9110: a field name is a token, a value has no line breaks.
bool is_header(std::string_view name, std::string_view value) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](unsigned char c) {
    return std::isalnum(c) || marks.find(char(c)) != marks.npos;
  }) && value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos;
}

/// Only the node says where a message ends: a task that sets these could put a
/// second request into a connection that others use.
bool is_framing(std::string_view name) {
  return same_name(name, "Content-Length")
         || same_name(name, "Transfer-Encoding");
}

struct header_list {
  std::vector<std::pair<std::string, std::string>> all;
  std::string refused;

  void add(std::string name, std::string value) {
    if (is_header(name, value))
      all.emplace_back(std::move(name), std::move(value));
    else if (refused.empty())
      refused = "the header '" + to_text(json(name))
                + "' or its value is not allowed in HTTP";
  }
  void add_default(std::string name, std::string value) {
    if (!value.empty() && std::ranges::none_of(all, [&](auto& x) {
          return same_name(x.first, name);
        }))
      add(std::move(name), std::move(value));
  }
};

std::string accepted(const json& request) {
  auto* accept = value_at(request, "accept");
  if (!accept)
    return std::string(json_type);
  if (!accept->is_array())
    return text_of(*accept);
  std::string out;
  for (auto& x : *accept) {
    if (x.is_null())
      continue;
    out += out.empty() ? "" : ", ";
    out += text_of(x);
  }
  return out;
}

} // namespace http_request_detail

result<http_request> read_http_request(const nlohmann::json& input,
                                       const engine::work_times& bounds) {
  using namespace http_request_detail;
  auto invalid = [](std::string why) {
    return failure{errc::invalid, std::move(why)};
  };
  auto* given = engine::http_request_of(input);
  if (!given)
    return invalid("the input's 'http_request' is not an object");
  http_request out;
  out.uri = text_at(*given, "uri");
  if (out.uri.empty())
    return invalid("Missing HTTP URI: the input needs a 'uri'");
  out.method = text_at(*given, "method");
  if (out.method.empty())
    return invalid("No HTTP method specified: the input needs a 'method'");
  if (std::ranges::find(methods, out.method) == std::end(methods))
    return invalid("'" + to_text(nlohmann::json(out.method))
                   + "' is no HTTP method: use GET, POST, PUT, PATCH, DELETE, "
                     "HEAD or OPTIONS");

  header_list headers;
  if (auto* named = value_at(*given, "headers")) {
    if (!named->is_object())
      return invalid("'headers' is not an object");
    for (auto& [name, value] : named->items())
      if (!value.is_null() && !is_framing(name))
        headers.add(name, text_of(value));
  }
  headers.add_default("Accept", accepted(*given));
  if (auto* body = value_at(*given, "body"))
    out.body = text_of(*body);
  auto type = text_at(*given, "contentType");
  if (type.empty() && out.body)
    type = json_type;
  headers.add_default("Content-Type", std::move(type));
  if (!headers.refused.empty())
    return invalid(std::move(headers.refused));
  out.headers = std::move(headers.all);
  out.times = engine::http_times_of(input, bounds);
  out.transfer_ms = bounds.http_transfer_ms;
  return out;
}

} // namespace tutti
