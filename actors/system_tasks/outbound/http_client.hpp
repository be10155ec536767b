#pragma once

#include "actors/system_tasks/outbound/http_answer.hpp"
#include "actors/system_tasks/outbound/http_request.hpp"
#include "actors/system_tasks/outbound/network_policy.hpp"

#include <functional>
#include <memory>

namespace tutti {

struct http_client_settings {
  network_policy networks;
  /// Headers and body of one answer, decompressed.
  size_t answer_bytes_max = 10 << 20;
  int64_t redirects_max = 5;
  /// Connections that are kept open for the next request.
  int64_t kept_connections_max = 256;
  /// Certificates to trust instead of the system's; empty: the system's.
  std::string ca_file;
};

/// HTTP requests on one thread of its own, as many at a time as one likes.
/// Every address is checked when its socket is opened; proxies are never used.
class http_client {
 public:
  using told = std::function<void(result<http_answer>)>;

  explicit http_client(http_client_settings how);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Returns at once; `done` is called on the client's thread, unless it is
  /// stopped before.
  void send(http_request what, told done);
  /// Drops what is under way. What is sent afterwards is dropped, too.
  void stop();

 private:
  class loop;
  std::unique_ptr<loop> loop_;
};

} // namespace tutti
