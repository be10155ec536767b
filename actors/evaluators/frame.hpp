#pragma once

#include <cstdint>

// The messages between a node and its evaluator over their socket. Both run on
// the same machine and come from the same build: a header as it lies in memory,
// then its bytes. The evaluator says `ready` once after its start; then it
// sends one reply per request.
//
//   request: header, source, input (JSON text)
//   reply:   header, text: a JSON value, or a message

namespace tutti::evaluators {

enum class frame_task : uint8_t {
  evaluate,
  check, ///< syntax only: the reply's value is null
};

struct request_header {
  uint32_t limit_ms = 0;
  uint32_t result_bytes_max = 0;
  uint32_t source_bytes = 0;
  uint32_t input_bytes = 0;
  frame_task what = frame_task::evaluate;
  uint8_t unused[3] = {};
};

enum class frame_status : uint8_t {
  ready,
  value,
  error,
  timed_out,
};

struct reply_header {
  frame_status status = frame_status::ready;
  uint8_t unused[3] = {};
  uint32_t line = 0; ///< of the script, from 1; 0: unknown
  uint32_t text_bytes = 0;
};

/// Exit code of an evaluator that ended itself because a script did not stop at
/// its limit.
constexpr int exit_overdue = 124;

/// The evaluator's file descriptor of the socket.
constexpr int evaluator_socket = 3;

/// Deepest nesting of a result; deeper values cannot be stored.
constexpr uint32_t result_depth_max = 190;

} // namespace tutti::evaluators
