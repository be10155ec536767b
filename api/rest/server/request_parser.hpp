#pragma once

#include "api/rest/server/limits.hpp"
#include "api/rest/server/request.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tutti::rest {

/// Parses the bytes of one connection with Boost.Beast and refuses every form
/// that two servers could read differently. An error ends the connection,
/// because the begin of the next request is unknown.
class request_parser {
 public:
  explicit request_parser(const server_limits& limits);
  ~request_parser();
  request_parser(request_parser&&) noexcept;
  request_parser& operator=(request_parser&&) noexcept;

  enum class state : uint8_t {
    more,     ///< keep the unused bytes and feed them again
    complete, ///< call `reset` before the next request
    refused,  ///< see `status` and `why`
  };
  struct step {
    size_t used;
    request_parser::state state;
  };

  /// `into` must be the same request until it is complete.
  step feed(std::string_view bytes, request& into);
  void reset();

  uint16_t status() const;
  const std::string& why() const;
  /// Whether the client keeps the connection; valid once complete.
  bool keep_alive() const;
  /// True once per request: the client waits for "100 Continue".
  bool take_continue();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tutti::rest
