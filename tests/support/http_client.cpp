#include "tests/support/http_client.hpp"

#include <curl/curl.h>

#include <stdexcept>

namespace tutti::test {

namespace {

size_t take_body(char* data, size_t size, size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

bool curl_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

} // namespace

struct http_client::handle {
  CURL* easy = nullptr;
  curl_slist* json = nullptr;
  curl_slist* plain = nullptr;

  handle() {
    easy = curl_ready() ? curl_easy_init() : nullptr;
    if (easy == nullptr)
      throw std::runtime_error("libcurl does not start");
    json = curl_slist_append(json, "Content-Type: application/json");
    json = curl_slist_append(json, "Expect:");
    plain = curl_slist_append(plain, "Expect:");
  }
  handle(const handle&) = delete;
  ~handle() {
    curl_slist_free_all(json);
    curl_slist_free_all(plain);
    curl_easy_cleanup(easy);
  }
};

http_client::http_client(std::string base_url,
                         std::chrono::milliseconds timeout)
    : handle_(std::make_unique<handle>()), base_url_(std::move(base_url)) {
  auto* easy = handle_->easy;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, long(timeout.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
}

http_client::~http_client() = default;
http_client::http_client(http_client&&) noexcept = default;

http_reply http_client::send(std::string_view method, std::string_view path,
                             std::string_view body) {
  http_reply reply;
  auto* easy = handle_->easy;
  const auto url = base_url_ + std::string{path};
  const std::string verb{method};
  const bool has_body = !body.empty();
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER,
                   has_body ? handle_->json : handle_->plain);
  if (has_body || verb == "POST" || verb == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     curl_off_t(body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, has_body ? body.data() : "");
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, verb.c_str());
  const auto code = curl_easy_perform(easy);
  if (code != CURLE_OK) {
    reply.trouble = verb + " " + url + ": " + curl_easy_strerror(code);
    return reply;
  }
  long status = 0;
  const char* type = nullptr;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
  reply.status = int(status);
  if (type != nullptr)
    reply.content_type = type;
  return reply;
}

std::string percent_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    if (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      out += char(c);
    } else {
      out += '%';
      out += digits[c >> 4];
      out += digits[c & 15];
    }
  }
  return out;
}

} // namespace tutti::test
