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
  /// All bodies together, from their first byte until their request is
  /// answered. Beyond it one that has received nothing for `stall_timeout` goes
  /// first, otherwise the one that asks for more: 429.
  uint64_t bodies_bytes = 128u << 20;
  /// Bodies up to this size may use a quarter more, which larger ones cannot
  /// take away from them.
  uint64_t small_body_bytes = 64u << 10;
  std::chrono::milliseconds stall_timeout{1'000};
  /// Open connections of the server; further ones get 503.
  uint32_t connections = 20'000;
  /// A longer answer is 413 in its place, unless it must not be lost.
  uint64_t answer_bytes = 64u << 20;
  /// Answers that clients have not read yet, of all loops together; each loop
  /// has its part. Beyond it the client that has read nothing for the longest
  /// time is disconnected; a single answer may be larger.
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
