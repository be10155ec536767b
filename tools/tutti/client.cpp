#include "tools/tutti/client.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>

namespace tutti::cli {

namespace client_detail {

constexpr long connect_timeout_ms = 5'000;
constexpr long hurried_timeout_ms = 1'500;
constexpr size_t answer_bytes_max = size_t{1} << 30;

void append_escaped(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  for (unsigned char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                 || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
                 || c == '~' || c == ':';
    if (plain) {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += hex[c >> 4];
      out += hex[c & 15];
    }
  }
}

size_t take_body(char* data, size_t size, size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size * count > answer_bytes_max)
    return 0;
  body.append(data, size * count);
  return size * count;
}

/// Reads the headers that this program looks at.
size_t take_header(char* data, size_t size, size_t count, void* to) {
  auto& answer = *static_cast<response*>(to);
  std::string_view line(data, size * count);
  auto colon = line.find(':');
  if (colon == line.npos)
    return size * count;
  std::string name;
  for (char c : line.substr(0, colon))
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  auto value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
    value.remove_prefix(1);
  while (!value.empty() && (value.back() == '\r' || value.back() == '\n'))
    value.remove_suffix(1);
  if (name == "tutti-warnings") {
    auto list = parse_json(value);
    if (list && list->is_array())
      for (auto& x : *list)
        if (x.is_string())
          answer.warnings.push_back(x.get<std::string>());
  }
  if (name == "tutti-total")
    answer.total = std::atoll(std::string(value).c_str());
  return size * count;
}

int look_around(void* asked, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& cancel = *static_cast<std::function<bool()>*>(asked);
  return cancel && cancel() ? 1 : 0;
}

/// From a status to what the exit code is made of (exit_code.cpp).
errc code_of(const response& answer, bool retryable) {
  switch (answer.status) {
    case 400:
    case 415:
    case 422:
      return errc::invalid;
    case 401:
    case 403:
      return errc::forbidden;
    case 404:
      return errc::not_found;
    case 409:
      return errc::conflict;
    case 413:
      return errc::too_large;
    case 429:
      return errc::too_many;
    case 500: // a busy node says so, as Conductor does
      return retryable ? errc::unavailable : errc::internal;
    case 502:
    case 503:
      return errc::unavailable;
    case 408:
    case 504: // a proxy waited for the node, as we would have
      return not_in_time;
    default:
      return errc::internal;
  }
}

std::string text_of(const nlohmann::json& object, const char* key) {
  auto i = object.find(key);
  return i != object.end() && i->is_string() ? i->get<std::string>() : "";
}

} // namespace client_detail

std::string api_path(std::initializer_list<std::string_view> segments,
                     const query_parameters& query) {
  std::string out = "/api";
  for (auto segment : segments) {
    out += '/';
    client_detail::append_escaped(out, segment);
  }
  char mark = '?';
  for (auto& [name, value] : query) {
    out += mark;
    client_detail::append_escaped(out, name);
    out += '=';
    client_detail::append_escaped(out, value);
    mark = '&';
  }
  return out;
}

std::string tidy_server(std::string_view url) {
  auto drop = [&](std::string_view tail) {
    if (url.ends_with(tail))
      url.remove_suffix(tail.size());
  };
  drop("/");
  drop("/api");
  drop("/");
  std::string out(url);
  if (out.find("://") == std::string::npos)
    out.insert(0, "http://");
  return out;
}

bool is_silence(errc why) {
  return why == errc::unavailable || why == not_in_time;
}

failure failure_of(const response& answer) {
  using namespace client_detail;
  auto parsed = parse_json(answer.body);
  bool retryable = parsed && parsed->is_object()
                   && parsed->value("retryable", nlohmann::json()) == true;
  failure out{code_of(answer, retryable), {}};
  if (!parsed || !parsed->is_object()) {
    out.message = "the server answered " + std::to_string(answer.status);
    if (!answer.body.empty() && answer.body.size() < 500)
      out.message += ": " + answer.body;
    return out;
  }
  out.message = text_of(*parsed, "message");
  if (out.message.empty())
    out.message = "the server answered " + std::to_string(answer.status);
  auto errors = parsed->find("validationErrors");
  if (errors == parsed->end() || !errors->is_array())
    return out;
  for (auto& e : *errors)
    if (e.is_object())
      out.violations.push_back({text_of(e, "path"), text_of(e, "message"), {}});
  return out;
}

client::client(std::string server, std::string key)
    : server_(std::move(server)), key_(std::move(key)) {
  static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(ready);
  handle_ = curl_easy_init();
}

client::~client() { curl_easy_cleanup(static_cast<CURL*>(handle_)); }

// Every other server has a page for every path, too, and answers 200 to things
// that it does not understand.
std::optional<failure> client::stranger() {
  auto answer = perform("GET", "/health", {});
  if (!answer)
    return answer.failure();
  if (answer->status == 401 || answer->status == 403)
    return std::nullopt; // it knows us, in its way
  auto health = parse_json(answer->body);
  if (health && health->is_object() && health->contains("healthy"))
    return std::nullopt;
  // A proxy may let nothing pass but the API.
  answer = perform("GET", "/api/health", {});
  if (!answer)
    return answer.failure();
  health = parse_json(answer->body);
  if (health && health->is_object() && health->contains("healthy"))
    return std::nullopt;
  return failure{errc::illegal_state,
                 server_ + " answers, but is neither Tutti nor Conductor"};
}

result<response> client::send(const char* method, const std::string& path,
                              std::optional<std::string_view> body) {
  if (!known_)
    if (auto why = stranger())
      return *why;
  known_ = true;
  auto answer = perform(method, path, body);
  if (answer) {
    total_ = answer->total;
    for (auto& x : answer->warnings)
      warnings_.push_back(x);
  }
  return answer;
}

result<response> client::perform(const char* method, const std::string& path,
                                 std::optional<std::string_view> body) {
  using namespace client_detail;
  auto* h = static_cast<CURL*>(handle_);
  if (!h)
    return failure{errc::internal, "libcurl could not be initialised"};
  // Keeps the connection, forgets the last request.
  curl_easy_reset(h);
  response answer;
  char why[CURL_ERROR_SIZE] = {};
  auto url = server_ + path;
  curl_easy_setopt(h, CURLOPT_URL, url.c_str());
  curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
  auto timeout_ms
      = hurried_ ? hurried_timeout_ms : long(timeout_ms_ + patience_ms_);
  curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS,
                   std::min(timeout_ms, connect_timeout_ms));
  curl_easy_setopt(h, CURLOPT_ERRORBUFFER, why);
  curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(h, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(h, CURLOPT_HEADERDATA, &answer);
  curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, look_around);
  curl_easy_setopt(h, CURLOPT_XFERINFODATA, &cancel_);
  curl_easy_setopt(h, CURLOPT_USERAGENT, "tutti/" TUTTI_VERSION);
  curl_slist* headers = curl_slist_append(nullptr, "Expect:");
  headers = curl_slist_append(headers, "Accept: application/json, text/plain");
  if (!key_.empty())
    headers = curl_slist_append(headers, ("X-Authorization: " + key_).c_str());
  if (body) {
    headers = curl_slist_append(headers, "Content-Type: application/json");
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, body->data());
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(body->size()));
  } else if (std::string_view(method) != "GET") {
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, "");
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, 0L);
  }
  curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
  auto code = curl_easy_perform(h);
  curl_slist_free_all(headers);
  double sent_after = 0;
  curl_easy_getinfo(h, CURLINFO_PRETRANSFER_TIME, &sent_after);
  if (code == CURLE_OPERATION_TIMEDOUT && sent_after > 0)
    return failure{not_in_time, server_ + " did not answer within "
                                    + duration_text(timeout_ms)};
  if (code != CURLE_OK)
    return failure{errc::unavailable,
                   "no answer from " + server_ + ": "
                       + (why[0] ? why : curl_easy_strerror(code))};
  curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

result<std::string> client::call(const char* method, const std::string& path,
                                 std::optional<std::string_view> body) {
  auto answer = send(method, path, body);
  if (!answer)
    return answer.failure();
  if (answer->status < 200 || answer->status > 299)
    return failure_of(*answer);
  return std::move(answer->body);
}

result<nlohmann::json> client::call_json(const char* method,
                                         const std::string& path,
                                         std::optional<std::string_view> body) {
  auto text = call(method, path, body);
  if (!text)
    return text.failure();
  if (text->empty())
    return nlohmann::json(nullptr);
  auto parsed = parse_json(*text);
  if (!parsed)
    return failure{errc::internal,
                   server_ + path + " answered something that is not JSON: "
                       + parsed.failure().message};
  return parsed;
}

} // namespace tutti::cli
