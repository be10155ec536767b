#pragma once

#include "messages/reply.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>

namespace tutti {

/// Who sends a request, as established by api/gateway. Nobody has to prove it
/// yet: every caller is anonymous.
struct principal {
  std::string name; ///< empty: anonymous
  friend bool operator==(const principal&, const principal&) = default;
};

/// What comes with every request besides its content.
struct request_context {
  tutti::principal principal = {};
  /// The caller's name for the history (`X-Client-Id`); empty: none.
  std::string client = {};
  /// The caller waits until this instant, epoch ms; 0: for ever.
  int64_t deadline = 0;
  /// Links the steps of one request across nodes (W3C `traceparent`).
  std::string trace = {};
  /// Names the request in log lines (`X-Request-Id`); empty: nobody asked.
  std::string request_id = {};
  friend bool operator==(const request_context&, const request_context&)
      = default;
};

/// A request is a plain struct that names its response type: `using response =
/// ...`. It can be written to bytes (messages/wire).
template <class T>
concept is_request = requires {
  typename T::response;
};

/// A request on its way: the request, its context and the reply. An empty
/// reply: nobody waits for the answer.
template <is_request Request>
struct envelope {
  Request request = {};
  request_context context = {};
  reply<typename Request::response> done = {};

  /// The same request and context with another reply.
  envelope with(reply<typename Request::response> other) const {
    return {request, context, std::move(other)};
  }
};

} // namespace tutti
