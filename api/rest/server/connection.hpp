#pragma once

#include "api/rest/server/deadlines.hpp"
#include "api/rest/server/exchange.hpp"
#include "api/rest/server/request_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace tutti::rest {

enum class phase : uint8_t {
  receiving, ///< between requests, or with one half read
  waiting,   ///< a request is with its handler; bytes behind it wait
  writing,   ///< the kernel did not take all of the answer yet
  lingering, ///< answered for the last time; throwing away what still comes
  closed,    ///< waits for the end of the loop's turn to be freed
};

/// One client. Plain state: the loop owns it and gives it meaning.
struct connection : deadline_node {
  connection(uint64_t id, int fd, const server_limits& limits)
      : id(id), fd(fd), parser(limits) {}

  const uint64_t id;
  int fd;
  rest::phase phase = phase::receiving;
  bool readable = false;     ///< the kernel may have bytes (edge triggered)
  bool peer_closed = false;  ///< the client will send no more
  bool pumping = false;      ///< on the stack: a reply must not pump again
  bool queued = false;       ///< in the loop's list for its next turn
  bool close_after = false;  ///< the answer under way is the last one
  bool linger_after = false; ///< and more bytes may be coming
  bool head_only = false;    ///< the request in flight was HEAD
  bool http_1_0 = false;

  /// Received and not used: the start of the next request, or of this one's
  /// header. Empty on a quiet connection, so that thousands cost little.
  std::string in;
  request_parser parser;
  std::shared_ptr<exchange> receiving; ///< the request being read
  std::weak_ptr<exchange> in_flight;   ///< the request being answered

  std::string out_head;
  std::string out_body;
  size_t out_at = 0; ///< sent of head and body together
  uint64_t discarded = 0;

  size_t unsent() const { return out_head.size() + out_body.size() - out_at; }
};

} // namespace tutti::rest
