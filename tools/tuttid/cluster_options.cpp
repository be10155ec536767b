#include "tools/tuttid/cluster_options.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace tutti::daemon {

namespace cluster_options_detail {

using std::chrono::milliseconds;

failure wrong(const char* setting, const std::string& why) {
  return {errc::invalid, std::string(setting) + ": " + why};
}

/// "[::1]:7400"
std::optional<std::pair<std::string, uint16_t>>
read_address(const std::string& text) {
  auto colon = text.rfind(':');
  if (colon == text.npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  uint16_t port = 0;
  auto* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || at != end || host.empty())
    return std::nullopt;
  return std::pair{host, port};
}

std::optional<failure> missing(const config::cluster_settings& c) {
  for (auto& [setting, value, what] :
       {std::tuple{"cluster.id", &c.id, "the cluster's name"},
        std::tuple{"cluster.peers", &c.peers, "all nodes and their shards"},
        std::tuple{"cluster.ca_file", &c.ca_file,
                   "the authority of the cluster's certificates"},
        std::tuple{"cluster.certificate_file", &c.certificate_file,
                   "this node's certificate"},
        std::tuple{"cluster.key_file", &c.key_file, "its key"}})
    if (value->empty())
      return wrong(setting, std::string("a node of a cluster (cluster.node) "
                                        "needs ")
                                + what);
  return std::nullopt;
}

} // namespace cluster_options_detail

result<cluster_settings> cluster_options_of(const config::settings& x) {
  using namespace cluster_options_detail;
  auto& c = x.cluster;
  cluster_settings out;
  if (c.node.empty()) {
    if (!c.peers.empty())
      return wrong("cluster.node",
                   "cluster.peers lists nodes: which of them is this one?");
    return out;
  }
  if (auto why = missing(c))
    return *why;
  if (!is_node_name(c.id))
    return wrong("cluster.id", "letters, digits, '-' and '.', at most 63");
  auto nodes = read_nodes(c.peers, uint32_t(x.store.shards));
  if (!nodes)
    return wrong("cluster.peers", nodes.failure().message);
  out.nodes = *std::move(nodes);
  auto own = std::ranges::find(out.nodes, c.node, &listed_node::name);
  if (own == out.nodes.end())
    return wrong("cluster.node",
                 "'" + c.node + "' is not listed in cluster.peers");
  if (c.silence_ms < 2 * c.heartbeat_ms)
    return wrong("cluster.silence_ms",
                 "at least twice cluster.heartbeat_ms, or nodes are lost that "
                 "are well");
  auto& link = out.link;
  link.node = c.node;
  link.cluster = c.id;
  link.listen_host = own->host;
  link.listen_port = own->port;
  if (!c.listen.empty()) {
    auto at = read_address(c.listen);
    if (!at)
      return wrong("cluster.listen", "'" + c.listen
                                         + "' is no address and port like "
                                           "0.0.0.0:7400");
    std::tie(link.listen_host, link.listen_port) = *at;
  }
  link.ca_file = c.ca_file;
  link.certificate_file = c.certificate_file;
  link.key_file = c.key_file;
  link.message_bytes_max = size_t(c.message_mib_max) << 20;
  link.requests_max = uint32_t(c.requests_max);
  link.bytes_max = uint64_t(c.in_flight_mib_max) << 20;
  link.request_time = milliseconds(c.request_ms);
  link.handshake_time = milliseconds(c.handshake_ms);
  link.handshakes_max = size_t(c.handshakes_max);
  link.heartbeat = milliseconds(c.heartbeat_ms);
  link.silence = milliseconds(c.silence_ms);
  link.connect_pause_max = milliseconds(c.connect_pause_ms_max);
  return out;
}

} // namespace tutti::daemon
