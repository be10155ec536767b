#include "actors/system_tasks/outbound/http_transfer.hpp"

#include <sys/socket.h>

#include <unistd.h>

#include <algorithm>

namespace tutti {

namespace http_transfer_detail {

using std::chrono::milliseconds;

template <class Value>
void set(CURL* easy, CURLoption what, Value value) {
  curl_easy_setopt(easy, what, value);
}

http_transfer& transfer(void* self) {
  return *static_cast<http_transfer*>(self);
}

} // namespace http_transfer_detail

namespace http_transfer_detail {

/// Smaller responses hold no memory of the account.
constexpr size_t small_response_bytes = 256 << 10;
/// The body, the task's output made from it, and the record of that.
constexpr size_t copies = 3;

} // namespace http_transfer_detail

using http_transfer_detail::set;

http_transfer::http_transfer(http_request what, http_client::told done,
                             const http_client_settings& how, CURL* easy,
                             ask_for_memory ask)
    : request_(std::move(what)), done_(std::move(done)), how_(how), easy_(easy),
      ask_(std::move(ask)) {
  set_up();
}

http_transfer::~http_transfer() { curl_slist_free_all(headers_); }

void http_transfer::set_up() {
  set(easy_, CURLOPT_PRIVATE, static_cast<void*>(this));
  set(easy_, CURLOPT_NOSIGNAL, 1L);
  set(easy_, CURLOPT_ERRORBUFFER, error_);
  set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  // No proxy from the environment: it would connect to addresses that we must
  // check.
  set(easy_, CURLOPT_PROXY, "");
  set(easy_, CURLOPT_NOPROXY, "*");
  set(easy_, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  set(easy_, CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(easy_, CURLOPT_PREREQFUNCTION, begin_request);
  set(easy_, CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(easy_, CURLOPT_HEADERFUNCTION, take_header);
  set(easy_, CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(easy_, CURLOPT_WRITEFUNCTION, take_body);
  set(easy_, CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(easy_, CURLOPT_NOPROGRESS, 0L);
  set(easy_, CURLOPT_XFERINFOFUNCTION, progress);
  set(easy_, CURLOPT_XFERINFODATA, static_cast<void*>(this));
  set(easy_, CURLOPT_CONNECTTIMEOUT_MS, long(request_.times.connect_ms));
  set(easy_, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  if (!how_.ca_file.empty())
    set(easy_, CURLOPT_CAINFO, how_.ca_file.c_str());

  // As upstream: only GET and HEAD follow redirects.
  auto& method = request_.method;
  set(easy_, CURLOPT_FOLLOWLOCATION,
      method == "GET" || method == "HEAD" ? 1L : 0L);
  set(easy_, CURLOPT_MAXREDIRS, long(how_.redirects_max));
  if (request_.body) {
    set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request_.body->size()));
    set(easy_, CURLOPT_POSTFIELDS, request_.body->data());
  } else if (method == "POST" || method == "PUT" || method == "PATCH") {
    set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(0));
    set(easy_, CURLOPT_POSTFIELDS, "");
  }
  if (method == "HEAD")
    set(easy_, CURLOPT_NOBODY, 1L);
  set(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());

  auto add = [&](const std::string& line) {
    headers_ = curl_slist_append(headers_, line.c_str());
  };
  add("Expect:");
  bool typed = false;
  for (auto& [name, value] : request_.headers) {
    typed = typed || curl_strequal(name.c_str(), "Content-Type");
    // "name;" is curl's way to send a header without a value.
    add(value.empty() ? name + ';' : name + ": " + value);
  }
  if (!typed)
    add("Content-Type:");
  set(easy_, CURLOPT_HTTPHEADER, headers_);

  auto* address = curl_url();
  // Characters such as blanks are percent-encoded.
  if (curl_url_set(address, CURLUPART_URL, request_.uri.c_str(),
                   CURLU_URLENCODE)
      == CURLUE_OK)
    set_address(address);
  else
    refused_ = "'" + request_.uri + "' is no http or https URI";
  curl_url_cleanup(address);
}

void http_transfer::set_address(CURLU* address) {
  char *scheme = nullptr, *whole = nullptr;
  curl_url_get(address, CURLUPART_SCHEME, &scheme, 0);
  curl_url_get(address, CURLUPART_URL, &whole, 0);
  std::string_view kind = scheme ? scheme : "";
  if (whole && (kind == "http" || kind == "https"))
    set(easy_, CURLOPT_URL, whole); // copied
  else
    refused_ = "'" + request_.uri + "' is no http or https URI";
  curl_free(scheme);
  curl_free(whole);
}

http_transfer::clock::time_point http_transfer::deadline() const {
  using http_transfer_detail::milliseconds;
  auto& times = request_.times;
  auto last
      = began_
        + milliseconds(times.connect_ms + times.read_ms + request_.transfer_ms);
  if (!connected_ || waits_)
    return last;
  return std::min(last, last_move_ + milliseconds(times.read_ms));
}

http_transfer::clock::time_point http_transfer::look_at() const {
  using http_transfer_detail::milliseconds;
  if (connected_ && !waits_)
    return deadline();
  return std::min(deadline(),
                  clock::now() + milliseconds(request_.times.read_ms));
}

void http_transfer::time_out() {
  using http_transfer_detail::milliseconds;
  auto& times = request_.times;
  if (waits_)
    return finish(memory_account::of_process().refusal(
        bytes_expected() * http_transfer_detail::copies));
  if (clock::now() >= last_move_ + milliseconds(times.read_ms))
    return finish(failure{errc::unavailable, "Read timed out: " + request_.uri
                                                 + " sent nothing for "
                                                 + std::to_string(times.read_ms)
                                                 + " ms"});
  finish(failure{errc::unavailable,
                 "the answer of " + request_.uri
                     + " was not complete in time (http_tasks.transfer_ms)"});
}

std::string http_transfer::trouble(CURLcode how) const {
  if (!refused_.empty())
    return refused_;
  if (too_large_)
    return "the answer of " + request_.uri + " is larger than "
           + std::to_string(how_.answer_bytes_max)
           + " bytes (http_tasks.response_kib_max)";
  if (how == CURLE_OPERATION_TIMEDOUT && !connected_)
    return "Connect timed out: no connection for " + request_.uri + " within "
           + std::to_string(request_.times.connect_ms) + " ms";
  std::string out = error_[0] ? error_ : curl_easy_strerror(how);
  return out + " (" + request_.uri + ")";
}

void http_transfer::end(CURLcode how) {
  if (how != CURLE_OK || !refused_.empty())
    return finish(failure{errc::unavailable, trouble(how)});
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = int(status);
  finish(std::move(answer_));
}

void http_transfer::finish(result<http_answer> with) {
  if (auto done = std::exchange(done_, nullptr))
    done(std::move(with));
}

curl_socket_t http_transfer::open_socket(void* self, curlsocktype,
                                         curl_sockaddr* at) {
  auto& x = http_transfer_detail::transfer(self);
  if (auto refused = x.how_.networks.refusal(&at->addr)) {
    x.refused_ = x.request_.uri + " leads where it must not: " + *refused;
    return CURL_SOCKET_BAD;
  }
  x.refused_.clear(); // another address of the same name is allowed
  return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

int http_transfer::begin_request(void* self, char*, char*, int, int) {
  auto& x = http_transfer_detail::transfer(self);
  x.connected_ = true;
  x.moved();
  return CURL_PREREQFUNC_OK;
}

bool http_transfer::fits(size_t bytes) {
  moved();
  bytes_ += bytes;
  too_large_ = bytes_ > how_.answer_bytes_max;
  return !too_large_;
}

size_t http_transfer::take_header(char* data, size_t size, size_t n,
                                  void* self) {
  auto& x = http_transfer_detail::transfer(self);
  if (!x.fits(size * n))
    return 0;
  std::string_view line(data, size * n);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
    line.remove_suffix(1);
  x.take_line(line);
  return size * n;
}

void http_transfer::take_line(std::string_view line) {
  if (line.starts_with("HTTP/")) { // of a redirect, or the one that counts
    auto memory = std::move(answer_.memory);
    answer_ = {};
    answer_.memory = std::move(memory);
    auto space = line.find(' ');
    auto second = space == line.npos ? space : line.find(' ', space + 1);
    if (second != line.npos)
      answer_.reason_phrase = line.substr(second + 1);
    return;
  }
  auto colon = line.find(':');
  if (colon == line.npos)
    return;
  auto value = line.substr(colon + 1);
  auto first = value.find_first_not_of(" \t");
  value = first == value.npos ? std::string_view() : value.substr(first);
  answer_.headers.emplace_back(line.substr(0, colon), value);
}

size_t http_transfer::bytes_expected() const {
  curl_off_t announced = 0;
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  bool packed = std::ranges::any_of(answer_.headers, [](auto& x) {
    return curl_strequal(x.first.c_str(), "Content-Encoding");
  });
  return announced > 0 && !packed
             ? std::min(size_t(announced), how_.answer_bytes_max)
             : how_.answer_bytes_max;
}

// All at once: transfers that wait for more would wait for one another.
bool http_transfer::has_memory_for(size_t bytes) {
  using namespace http_transfer_detail;
  if (bytes <= small_response_bytes || answer_.memory.bytes() > 0)
    return true;
  auto wanted = bytes_expected() * copies;
  auto held
      = memory_account::of_process().try_hold(memory_use::responses, wanted);
  waits_ = !held;
  if (held)
    answer_.memory = std::move(*held);
  else
    ask_(wanted, deadline());
  return !waits_;
}

void http_transfer::resume(std::optional<memory_hold> memory) {
  waits_ = false;
  moved();
  if (memory)
    answer_.memory = std::move(*memory);
  else
    refused_ = memory_account::of_process()
                   .refusal(bytes_expected() * http_transfer_detail::copies)
                   .message;
  curl_easy_pause(easy_, CURLPAUSE_CONT);
}

size_t http_transfer::take_body(char* data, size_t size, size_t n, void* self) {
  auto& x = http_transfer_detail::transfer(self);
  if (!x.refused_.empty())
    return 0;
  if (!x.has_memory_for(x.answer_.body.size() + size * n))
    return CURL_WRITEFUNC_PAUSE;
  if (!x.fits(size * n))
    return 0;
  x.answer_.body.append(data, size * n);
  return size * n;
}

int http_transfer::progress(void* self, curl_off_t, curl_off_t down, curl_off_t,
                            curl_off_t up) {
  auto& x = http_transfer_detail::transfer(self);
  if (down != x.down_ || up != x.up_)
    x.moved();
  x.down_ = down;
  x.up_ = up;
  return 0;
}

} // namespace tutti
