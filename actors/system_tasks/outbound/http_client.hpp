#pragma once

#include "actors/system_tasks/outbound/http_answer.hpp"
#include "actors/system_tasks/outbound/http_request.hpp"
#include "actors/system_tasks/outbound/network_policy.hpp"

#include <functional>
#include <memory>

namespace tutti {

struct http_client_settings {
  network_policy networks;
  /// Headers and body of one response, decompressed.
  size_t answer_bytes_max = 10 << 20;
  int64_t redirects_max = 5;
  /// Idle connections that stay open for later requests.
  int64_t kept_connections_max = 256;
  /// Certificates to trust; empty: the system's.
  std::string ca_file;
};

/// Sends HTTP requests on a thread of its own, any number at a time. Checks
/// every address when its socket is opened; never uses proxies.
class http_client {
 public:
  using told = std::function<void(result<http_answer>)>;

  explicit http_client(http_client_settings how);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Returns at once. Calls `done` on the client's thread, unless it is stopped
  /// before.
  void send(http_request what, told done);
  /// Drops running requests and ignores later ones.
  void stop();

 private:
  class loop;
  std::unique_ptr<loop> loop_;
};

} // namespace tutti
