#pragma once

#include <chrono>
#include <cstdint>

namespace tutti::rest {

/// Bounds per client and for the whole server.
struct server_limits {
  /// Request line and headers of one request; more is 414 or 431.
  uint32_t header_bytes = 32u << 10;
  /// Header fields of one request; more is 431.
  uint32_t header_fields = 128;
  /// Body of one request; more is 413.
  uint64_t body_bytes = 16u << 20;
  /// Open connections of the server; further ones get 503.
  uint32_t connections = 20'000;
  /// Answers of one loop that clients have not read yet. Beyond it the client
  /// that has read nothing for the longest time is disconnected; a single
  /// answer may be larger.
  uint64_t output_bytes = 256u << 20;
  /// A connection without a new request for this time is closed.
  std::chrono::milliseconds idle_timeout{75'000};
  /// From the first byte of a request (or the connect) to its last byte.
  std::chrono::milliseconds request_timeout{30'000};
  /// A client that reads no byte of its answer for this time is disconnected.
  std::chrono::milliseconds write_timeout{30'000};
  /// After a refusal: for how long, and for how many bytes, the rest of the
  /// request is discarded, so that the client reads the answer.
  std::chrono::milliseconds linger_timeout{2'000};
  uint64_t linger_bytes = 1u << 20;
};

} // namespace tutti::rest
