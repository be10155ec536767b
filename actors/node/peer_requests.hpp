#pragma once

#include "actors/cluster/peers.hpp"
#include "actors/directory/actor_directory.hpp"
#include "actors/metadata/definition_copies.hpp"
#include "actors/queue/polls_elsewhere.hpp"
#include "actors/support/clock.hpp"
#include "messages/wire/codec.hpp"
#include "storage/readers.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tutti {

/// Has the requests of other nodes answered by the actors of this one. Thread
/// safe.
class peer_requests : public std::enable_shared_from_this<peer_requests> {
 public:
  struct ports {
    std::shared_ptr<const actor_directory> directory;
    std::vector<gateway_actor> gateways;
    std::shared_ptr<tutti::clock> clock;
    storage::readers_pointer readers;
    std::shared_ptr<polls_elsewhere> elsewhere;
    std::shared_ptr<definition_copy> copy; ///< null: definitions are here
    size_t answer_bytes_max = 0;
  };
  explicit peer_requests(ports of) : ports_(std::move(of)) {}

  void serve(peer_request x);
  /// The watches of that node's clients end.
  void lost(const std::string& node);

 private:
  template <is_request Request>
  void take(const peer_request& from, envelope<Request> x);
  template <is_request Request>
  void to_shard(const peer_request& from, envelope<Request> x);
  template <is_request Request>
  void to_gateway(const peer_request& from, envelope<Request> x);
  template <is_request Request>
  void to_node(const peer_request& from, envelope<Request> x);

  void note_watch(const std::string& node, envelope<watch_execution>& x);
  void forget_watch(const std::string& node, uint64_t watch_id);

  ports ports_;
  std::atomic<size_t> next_gateway_{0};
  std::mutex mutex_;
  /// Executions by watch, by the node that watches.
  std::map<std::string, std::map<uint64_t, std::string>> watches_;
};

} // namespace tutti
