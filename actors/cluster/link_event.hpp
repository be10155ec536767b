#pragma once

#include "actors/cluster/hello.hpp"

#include <memory>
#include <string>

namespace tutti {

class peer_link;

/// What a link tells the actor of its peer.
struct link_event {
  enum class kind : uint8_t {
    up,       ///< it may be used from now on
    down,     ///< it was up; `why`
    refused,  ///< it did not come up; `why`
    received, ///< `frame`
  };
  kind what = kind::up;
  std::shared_ptr<peer_link> link; ///< null: refused
  agreement with = {};             ///< up
  peer::Frame frame = {};          ///< received: a request, answer or credit
  std::string why = {};
};

} // namespace tutti
