#pragma once

#include "actors/cluster/shard_map.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace tutti {

/// Of links between nodes. Every number is a bound.
struct link_settings {
  std::string node;    ///< this one's name; empty: it is alone
  std::string cluster; ///< links to nodes of another one are refused
  /// Where to listen for nodes; port 0 picks a free one.
  std::string listen_host = "0.0.0.0";
  uint16_t listen_port = 0;
  /// PEM files: the cluster's own authority, and what this node shows.
  std::string ca_file, certificate_file, key_file;

  size_t message_bytes_max = size_t{80} << 20;
  /// What a peer may have under way here, and how much of what it has not read
  /// yet is kept for it.
  uint32_t requests_max = 50'000;
  uint64_t bytes_max = uint64_t{256} << 20;
  std::chrono::milliseconds request_time{30'000};
  /// From the first byte of a connection to the last of the handshake, and how
  /// many connections may be in it.
  std::chrono::milliseconds handshake_time{5'000};
  size_t handshakes_max = 64;
  std::chrono::milliseconds heartbeat{1'000};
  /// A peer that sends nothing for this time is lost.
  std::chrono::milliseconds silence{5'000};
  /// Between two attempts to connect; it doubles up to the second.
  std::chrono::milliseconds connect_pause{100}, connect_pause_max{5'000};
};

struct cluster_settings {
  link_settings link;
  /// All nodes, this one included; empty: it is alone.
  std::vector<listed_node> nodes;
};

} // namespace tutti
