#pragma once

#include <chrono>
#include <cstdint>

namespace tutti::rest {

/// What one client, and all of them together, may take from the server.
struct server_limits {
  /// Request line and headers of one request; more is 414 or 431.
  uint32_t header_bytes = 32u << 10;
  /// Header fields of one request; more is 431.
  uint32_t header_fields = 128;
  /// Body of one request; more is 413.
  uint64_t body_bytes = 16u << 20;
  /// Open connections of the whole server; the next one is told 503.
  uint32_t connections = 20'000;
  /// Answers of one loop that clients have not taken yet. Past it the client
  /// that stood still longest is dropped; a lone answer may be larger.
  uint64_t output_bytes = 256u << 20;
  /// A kept connection without a new request is closed.
  std::chrono::milliseconds idle_timeout{75'000};
  /// From the first byte of a request (or the connect) to its last byte.
  std::chrono::milliseconds request_timeout{30'000};
  /// How long a client may take no byte of its answer.
  std::chrono::milliseconds write_timeout{30'000};
  /// After a refusal: how long, and for how many bytes, the rest of the
  /// request is thrown away so that the client gets to read the answer.
  std::chrono::milliseconds linger_timeout{2'000};
  uint64_t linger_bytes = 1u << 20;
};

} // namespace tutti::rest
