#pragma once

#include "actors/cluster/peer_port.hpp"
#include "messages/wire/codec.hpp"

#include <chrono>
#include <functional>
#include <string_view>

namespace tutti {

/// A request on its way to another node, and who hears of the answer.
struct peer_letter {
  wire::any_request request;
  request_context context;
  addressee to = addressee::shard;
  uint32_t shard = 0; ///< not for `addressee::node`
  /// The map that named the receiver as the shard's owner.
  uint64_t map_epoch = 0;
  bool sent_again = false; ///< another node was said to be the owner
  /// How long the answer may take; 0: as others.
  std::chrono::milliseconds within{0};
  /// Called once, with the bytes of the answer; null: nobody waits.
  std::function<void(result<std::string_view>)> answered;

  void fail(failure why) {
    if (auto told = std::exchange(answered, nullptr))
      told(std::move(why));
  }
};

} // namespace tutti
