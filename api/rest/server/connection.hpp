#pragma once

#include "api/rest/server/deadlines.hpp"
#include "api/rest/server/exchange.hpp"
#include "api/rest/server/request_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

namespace tutti::rest {

enum class phase : uint8_t {
  receiving, ///< between requests, or with one half read
  waiting,   ///< a handler has a request; later bytes wait
  writing,   ///< the kernel has not taken the whole answer
  lingering, ///< answered for the last time; discards further bytes
  closed,    ///< freed at the end of the loop's turn
};

/// The state of one client's connection; the loop owns and changes it.
struct connection : deadline_node {
  connection(uint64_t id, int fd, const server_limits& limits)
      : id(id), fd(fd), parser(limits) {}

  const uint64_t id;
  int fd;
  rest::phase phase = phase::receiving;
  bool readable = false;     ///< the kernel may have bytes (edge triggered)
  bool peer_closed = false;  ///< the client will send nothing more
  bool pumping = false;      ///< a reply within `pump` must not pump again
  bool queued = false;       ///< in the loop's list for its next turn
  bool close_after = false;  ///< the current answer is the last one
  bool linger_after = false; ///< the client may still be sending
  bool head_only = false;    ///< the current request is HEAD
  bool http_1_0 = false;
  bool handled = false;   ///< a handler has the request
  bool uploading = false; ///< in the loop's list of uploads, at `upload`

  /// Received, not yet parsed bytes: a later request, or a part of this one's
  /// header. Empty on an idle connection, so that thousands cost little.
  std::string in;
  request_parser parser;
  std::shared_ptr<exchange> receiving; ///< the request being read
  std::weak_ptr<exchange> in_flight;   ///< the request being answered
  std::list<connection*>::iterator upload = {};
  steady::time_point heard = {}; ///< when its body grew the last time

  std::string out_head;
  std::string out_body;
  size_t out_at = 0; ///< bytes sent of head and body together
  uint64_t discarded = 0;

  size_t unsent() const { return out_head.size() + out_body.size() - out_at; }
};

} // namespace tutti::rest
