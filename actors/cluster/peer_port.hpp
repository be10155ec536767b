#pragma once

#include "messages/request_list.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tutti {

/// Who takes a request at the other node.
enum class addressee : uint8_t {
  shard,   ///< the actor of a shard
  gateway, ///< a gateway, as if a client had asked there
  node,    ///< what the node has once: its queues, its index, ...
};

/// A request on its way to another node, whatever its type (peer_letter.hpp).
struct peer_letter;
using peer_letter_pointer = std::shared_ptr<peer_letter>;

/// An envelope without a reply becomes a letter that nobody answers.
template <is_request Request>
peer_letter_pointer make_letter(envelope<Request> x, addressee to);

template <class T>
inline constexpr bool is_envelope = false;
template <class Request>
inline constexpr bool is_envelope<envelope<Request>> = true;

/// The other nodes, as the directory sees them. Thread safe; never blocks.
class peer_port {
 public:
  virtual ~peer_port() = default;

  /// To the node that serves the shard.
  virtual void send(uint32_t shard, peer_letter_pointer what) = 0;
  virtual void send(const std::string& node, peer_letter_pointer what) = 0;

  virtual const std::string& name() const = 0; ///< of this node
  /// The names of the others.
  virtual std::vector<std::string> nodes() const = 0;
};

} // namespace tutti
