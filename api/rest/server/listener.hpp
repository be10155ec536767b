#pragma once

#include "messages/model/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tutti::rest {

struct listeners {
  std::vector<int> fds;
  uint16_t port = 0;
};

/// `count` non-blocking listeners on one port. Fails when another process
/// listens there, which SO_REUSEPORT alone would not notice.
result<listeners> open_listeners(const std::string& address, uint16_t port,
                                 unsigned count);

} // namespace tutti::rest
