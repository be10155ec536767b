#pragma once

#include "messages/reply.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>

namespace tutti {

/// Who asks, once that was established (api/gateway). Nobody is asked for a
/// proof yet: every caller is the anonymous one.
struct principal {
  std::string name; ///< empty: anonymous
  friend bool operator==(const principal&, const principal&) = default;
};

/// What comes with every request and is not its subject.
struct request_context {
  tutti::principal principal = {};
  /// How the caller names itself, for the history; empty: it does not.
  std::string client = {};
  /// The caller waits until then, in milliseconds since 1970; 0: for ever.
  int64_t deadline = 0;
  /// What links the steps of one request across nodes (W3C `traceparent`).
  std::string trace = {};
  friend bool operator==(const request_context&, const request_context&)
      = default;
};

/// A request is a plain struct that names what it is answered with:
/// `using response = ...`. It can be written to bytes (messages/wire).
template <class T>
concept is_request = requires {
  typename T::response;
};

/// A request on its way: what is asked, by whom, and the way back. The reply
/// may be empty: nobody waits for the answer.
template <is_request Request>
struct envelope {
  Request request = {};
  request_context context = {};
  reply<typename Request::response> done = {};

  /// The same in answer to somebody else's request.
  envelope with(reply<typename Request::response> other) const {
    return {request, context, std::move(other)};
  }
};

} // namespace tutti
