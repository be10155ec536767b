#pragma once

#include "api/rest/server/byte_budget.hpp"
#include "api/rest/server/counts.hpp"
#include "api/rest/server/exchange.hpp"
#include "api/rest/server/limits.hpp"
#include "messages/model/result.hpp"
#include "messages/requests/request_bounds.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tutti::rest {

struct server_options {
  std::string address = "127.0.0.1";
  /// 0 picks a free one, see `server::port`.
  uint16_t port = 0;
  /// Loop threads. Each has its own listener; the kernel spreads connections.
  unsigned threads = 1;
  server_limits limits = {};
  /// Counts here, if somebody else counts there, too.
  std::shared_ptr<server_counts> counts = {};
  std::shared_ptr<reached_bounds> reached = {};
  /// Sentences for the operator, from any thread.
  std::function<void(std::string_view)> log = {};
};

struct server_stats {
  uint64_t connections = 0; ///< open now
  uint64_t accepted = 0;
  uint64_t requests = 0; ///< passed to the handler
  uint64_t refused = 0;  ///< ended by a limit, or malformed
};

/// Called on the loops' threads, concurrently if there are several. It must not
/// block; the answer may come later, from any thread.
using request_handler = std::function<void(std::shared_ptr<exchange>)>;

/// HTTP/1.1 without TLS; README.md explains its design.
class server {
 public:
  /// Listens when it returns. Fails with a sentence naming the address.
  static result<std::unique_ptr<server>> start(server_options options,
                                               request_handler handler);
  ~server(); ///< stops
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  uint16_t port() const;
  server_stats stats() const;
  /// What the server counts, for metrics; may be kept longer than the server.
  std::shared_ptr<server_counts> counts() const;
  /// The bytes of bodies that are received or being answered.
  std::shared_ptr<const byte_budget> bodies() const;
  bool draining() const;

  /// Stops accepting, closes idle connections, lets requests finish with
  /// "Connection: close", then stops. `answer_parked` is called after accepting
  /// has stopped: whoever holds parked exchanges answers them there. False: the
  /// deadline passed and remaining connections were cut.
  bool drain(std::chrono::milliseconds within,
             const std::function<void()>& answer_parked = {});
  /// Ends at once; parked exchanges are told that their client is gone. Do not
  /// call it from a handler.
  void stop();

 private:
  struct impl;
  explicit server(std::unique_ptr<impl> x);
  std::unique_ptr<impl> impl_;
};

} // namespace tutti::rest
