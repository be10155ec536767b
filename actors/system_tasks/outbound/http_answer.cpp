#include "actors/system_tasks/outbound/http_answer.hpp"

#include "messages/model/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

namespace http_answer_detail {

using nlohmann::json;

constexpr std::string_view failed = "Failed to invoke HTTP task due to: ";
constexpr size_t excerpt_bytes_max = 300;

/// HTTP/2 sends no reason phrase.
std::string_view usual_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return {};
  }
}

std::string phrase_of(const http_answer& x) {
  return x.reason_phrase.empty() ? std::string(usual_phrase(x.status))
                                 : x.reason_phrase;
}

/// An integer that no double may have.
bool is_wide(const json& x) {
  constexpr uint64_t exact_up_to = uint64_t(1) << 53;
  if (x.is_number_unsigned())
    return x.get<uint64_t>() > exact_up_to;
  return x.is_number_integer()
         && (x.get<int64_t>() > int64_t(exact_up_to)
             || x.get<int64_t>() < -int64_t(exact_up_to));
}

/// The text could be JSON, but is too heavy, or there is no memory to read it.
bool was_not_read(const failure& why) {
  return why.code == errc::too_large || why.code == errc::too_many;
}

/// The body as JSON text: objects and lists as they are, numbers as doubles
/// unless that would change them, everything else as a string.
result<std::string> body_of(const std::string& body) {
  if (body.empty())
    return std::string("null");
  auto first = body.find_first_not_of(" \t\r\n");
  char c = first == body.npos ? 'x' : body[first];
  if (c == '{' || c == '[') {
    auto document = payload::parse(body);
    if (document)
      return document->text();
    if (was_not_read(document.failure()))
      return std::move(document).failure();
  } else if (auto value = parse_json(body)) {
    if (is_wide(*value))
      return to_text(*value);
    if (value->is_number())
      return to_text(json(value->get<double>()));
    return to_text(value->is_string() ? *value : json(to_text(*value)));
  }
  return to_text(json(body));
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

/// Header names to lists of values, in the order of first use.
std::string headers_of(const http_answer& x) {
  std::vector<std::pair<std::string_view, json>> named;
  for (auto& [name, value] : x.headers) {
    auto it = std::ranges::find_if(named, [&name = name](auto& known) {
      return same_name(known.first, name);
    });
    if (it == named.end())
      it = named.emplace(named.end(), name, json::array());
    it->second.push_back(value);
  }
  std::string out = "{";
  for (auto& [name, values] : named) {
    if (out.size() > 1)
      out += ',';
    out += to_text(json(std::string(name))) + ':' + to_text(values);
  }
  return out + '}';
}

result<payload> response_of(const http_answer& x) {
  auto body = body_of(x.body);
  if (!body)
    return std::move(body).failure();
  std::string out = "{\"response\":";
  {
    json_object_writer response(out);
    response.raw("headers", headers_of(x));
    response.raw("reasonPhrase", to_text(json(phrase_of(x))));
    response.raw("body", *body);
    response.number("statusCode", x.status);
    response.close();
  }
  out += '}';
  return payload::trusted(std::move(out));
}

/// Shortens the body of an error response.
std::string excerpt(std::string body) {
  if (body.size() <= excerpt_bytes_max)
    return body;
  auto end = excerpt_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(body[end]) & 0xc0) == 0x80)
    --end;
  body.resize(end);
  return body + "...";
}

/// Replaces bytes that are not UTF-8.
std::string clean(const std::string& text) {
  return json::parse(to_text(json(text))).get<std::string>();
}

} // namespace http_answer_detail

task_result outcome_of(const system_task& task,
                       const result<http_answer>& answer) {
  using namespace http_answer_detail;
  auto failed_because = [&](const failure& why) {
    auto reason = std::string(failed) + clean(why.message);
    auto output = payload(json{{"response", reason}});
    return failure_of(task, std::move(reason), std::move(output));
  };
  if (!answer)
    return failed_because(answer.failure());
  auto response = response_of(*answer);
  if (!response)
    return failed_because(response.failure());
  if (answer->status >= 200 && answer->status < 300)
    return success_of(task, std::move(*response));
  auto reason = std::string(failed) + std::to_string(answer->status);
  if (auto phrase = phrase_of(*answer); !phrase.empty())
    reason += ' ' + phrase;
  if (!answer->body.empty())
    reason += ": " + excerpt(answer->body);
  return failure_of(task, clean(reason), std::move(*response));
}

} // namespace tutti
