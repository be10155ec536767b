#pragma once

#include "actors/system_tasks/outbound/http_client.hpp"

#include <curl/curl.h>

#include <chrono>
#include <functional>

namespace tutti {

/// One running request and its response so far.
class http_transfer {
 public:
  using clock = std::chrono::steady_clock;

  /// Asks for so much memory, until then; `resume` is called later.
  using ask_for_memory = std::function<void(size_t, clock::time_point)>;

  http_transfer(http_request what, http_client::told done,
                const http_client_settings& how, CURL* easy,
                ask_for_memory ask);
  ~http_transfer();
  http_transfer(const http_transfer&) = delete;
  http_transfer& operator=(const http_transfer&) = delete;

  CURL* easy() const { return easy_; }
  /// When it times out if no byte arrives until then.
  clock::time_point deadline() const;
  /// The earliest instant that `deadline` can become: check it then.
  clock::time_point look_at() const;
  void end(CURLcode how);
  void time_out();
  /// Goes on with the memory that it waited for, or fails without it.
  void resume(std::optional<memory_hold> memory);

 private:
  void set_up();
  void set_address(CURLU* address);
  void finish(result<http_answer> with);
  std::string trouble(CURLcode how) const;
  void moved() { last_move_ = clock::now(); }
  bool fits(size_t bytes);
  /// Of a response that has `bytes` by now. False: it must wait.
  bool has_memory_for(size_t bytes);
  size_t bytes_expected() const;
  void take_line(std::string_view line);

  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* at);
  static int begin_request(void* self, char*, char*, int, int);
  static size_t take_header(char* data, size_t size, size_t n, void* self);
  static size_t take_body(char* data, size_t size, size_t n, void* self);
  static int progress(void* self, curl_off_t, curl_off_t down, curl_off_t,
                      curl_off_t up);

  const http_request request_;
  http_client::told done_;
  const http_client_settings& how_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  char error_[CURL_ERROR_SIZE] = "";
  http_answer answer_;
  std::string refused_;
  size_t bytes_ = 0;
  bool too_large_ = false, connected_ = false, waits_ = false;
  const ask_for_memory ask_;
  curl_off_t up_ = 0, down_ = 0;
  const clock::time_point began_ = clock::now();
  clock::time_point last_move_ = began_;
};

} // namespace tutti
