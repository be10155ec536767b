#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace tutti::test {

struct target_request {
  std::string method, path, body;
  std::map<std::string, std::string> headers; ///< names in lower case
};

/// A server on loopback for HTTP tasks. Sends exactly the bytes that are
/// written, so it can misbehave.
class http_target {
 public:
  /// False when the client is gone or the server stops.
  using write = std::function<bool(std::string_view bytes)>;
  using handler = std::function<void(const target_request&, const write&)>;

  explicit http_target(handler answer, bool ipv6 = false);
  ~http_target();
  http_target(const http_target&) = delete;
  http_target& operator=(const http_target&) = delete;

  int port() const { return port_; }
  std::string url(std::string_view path = "/") const;
  size_t connections() const { return connections_; }
  size_t requests() const { return requests_; }
  /// Blocks until the server stops: for an answer that never comes, or that
  /// comes after this time.
  void hang(std::chrono::milliseconds at_most = std::chrono::hours(1));

 private:
  void serve();
  void converse(int client);

  handler answer_;
  bool ipv6_;
  int listener_ = -1, port_ = 0;
  std::atomic<size_t> connections_{0}, requests_{0};
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::list<std::thread> talks_;
  std::list<int> clients_;
  std::thread thread_;
};

/// A whole answer.
std::string http_text(int status, std::string_view body,
                      std::string_view type = "application/json",
                      std::string_view more_headers = "");

} // namespace tutti::test
