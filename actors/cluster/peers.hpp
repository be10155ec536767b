#pragma once

#include "actors/cluster/peer_port.hpp"
#include "actors/cluster/peer_settings.hpp"
#include "actors/metrics/metric.hpp"
#include "messages/interfaces.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tutti {

/// A request that has come from another node.
struct peer_request {
  std::string from; ///< the node's name
  addressee to = addressee::shard;
  uint32_t shard = 0;
  std::string bytes; ///< wire::read_request
  /// The answer's bytes (wire::to_bytes_of_response), from any thread, once;
  /// null: nobody waits.
  std::function<void(std::string)> answer;
  /// Instead of `answer`: another node serves the shard.
  std::function<void()> not_here;
};

/// What is done about what the links bring. Called on the threads of actors,
/// for one peer one after another; must not block.
struct peer_ports {
  std::function<void(peer_request)> serve;
  std::function<void(const std::string&node)> met, lost;
};

/// For operators.
struct peer_report {
  std::string name, host;
  uint16_t port = 0;
  bool connected = false;
  int64_t since_ms = 0;   ///< epoch ms: connected, or not
  std::string last_error; ///< why there is no link
  std::string version;    ///< of its program
  uint64_t requests_sent = 0, requests_received = 0;
  uint64_t in_flight = 0, in_flight_bytes = 0; ///< sent, not answered
  uint64_t refused = 0;                        ///< too much was under way
  uint64_t bytes_sent = 0, bytes_received = 0;
  int64_t round_trip_us = -1; ///< of the last heartbeat
  uint64_t connects = 0;
};

/// The links to all other nodes of the cluster. Listens, dials, sends letters
/// to whoever owns a shard. One thread of its own does all input and output.
class peers final : public peer_port {
 public:
  /// Reads the certificates and binds the address. Fails with a sentence when a
  /// file cannot be used or the address cannot be listened on.
  static result<std::shared_ptr<peers>>
  make(caf::actor_system& system, cluster_settings how, shard_map map);
  ~peers() override;
  peers(const peers&) = delete;
  peers& operator=(const peers&) = delete;

  /// Listens and dials from here on.
  void begin(peer_ports ports);

  void send(uint32_t shard, peer_letter_pointer what) override;
  void send(const std::string& node, peer_letter_pointer what) override;
  const std::string& name() const override;
  std::vector<std::string> nodes() const override;

  /// A newer map; an older one changes nothing.
  void set_map(shard_map next);
  std::shared_ptr<const shard_map> map() const;

  /// Where it listens.
  uint16_t port() const;
  std::vector<peer_report> report() const;
  std::vector<metric> metrics() const;

  /// Answers whatever is under way, ends the links and the thread. The actors
  /// end with it.
  void stop();

  struct impl;

 private:
  explicit peers(std::shared_ptr<impl> x) : impl_(std::move(x)) {}
  std::shared_ptr<impl> impl_;
};

} // namespace tutti
