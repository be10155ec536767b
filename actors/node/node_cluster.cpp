#include "actors/metadata/definition_store.hpp"
#include "actors/node/node_impl.hpp"

#include <nlohmann/json.hpp>

#include <caf/send.hpp>

// The other nodes: who serves what, and what this node tells them.

namespace tutti {

namespace node_cluster_detail {

using nlohmann::json;

json line_of(const listed_node& x) {
  return {{"name", x.name},
          {"address", x.host + ':' + std::to_string(x.port)},
          {"shards", ranges_text(x.shards)},
          {"shardCount", x.shards.size()}};
}

void put_link(json& out, const peer_report& x) {
  out["connected"] = x.connected;
  out["since"] = x.since_ms;
  if (!x.version.empty())
    out["version"] = x.version;
  if (!x.last_error.empty())
    out["lastError"] = x.last_error;
  out["inFlight"] = x.in_flight;
  out["requestsSent"] = x.requests_sent;
  out["requestsReceived"] = x.requests_received;
  out["bytesSent"] = x.bytes_sent;
  out["bytesReceived"] = x.bytes_received;
  if (x.round_trip_us >= 0)
    out["roundTripMicros"] = x.round_trip_us;
}

json alone(uint32_t shards) {
  return {{"clustered", false}, {"shards", shards}, {"nodes", json::array()}};
}

} // namespace node_cluster_detail

std::optional<failure> node::impl::prepare_cluster() {
  auto& how = options.cluster;
  if (how.nodes.empty())
    return std::nullopt;
  uint32_t pinned = 0;
  for (auto& node : how.nodes)
    pinned += uint32_t(node.shards.size());
  if (pinned != store->shards())
    return failure{errc::invalid, "cluster.peers pins " + std::to_string(pinned)
                                      + " shards, and the store has "
                                      + std::to_string(store->shards())};
  owners = pinned_map(how.nodes, store->shards());
  if (owners.shards_of(how.link.node).empty())
    spdlog::warn("no shard is pinned to this node (cluster.peers): it answers "
                 "requests and polls, and runs no execution");
  auto made = peers::make(system, how, owners);
  if (!made)
    return std::move(made).failure();
  others = *std::move(made);
  elsewhere = std::make_shared<polls_elsewhere>(directory);
  if (serves(definitions_shard))
    spread = std::make_shared<definition_spread>(directory, published);
  else
    published->set_complete(false);
  return std::nullopt;
}

void node::impl::join_cluster() {
  if (is_alone())
    return;
  if (!serves(definitions_shard))
    copy = std::make_shared<definition_copy>(
        definition_copy::ports{published, store, epochs[definitions_shard],
                               [to = directory](const std::string& name) {
                                 to->tell(limit_eased{name, {}});
                               }});
  directory->set_peers(others);
  metrics->add([of = std::weak_ptr(others)] {
    auto it = of.lock();
    return it ? it->metrics() : std::vector<metric>();
  });
  metrics->add([of = std::weak_ptr(elsewhere)] {
    auto it = of.lock();
    return it ? it->metrics() : std::vector<metric>();
  });
}

void node::impl::begin_cluster() {
  if (is_alone())
    return;
  served = std::make_shared<peer_requests>(
      peer_requests::ports{directory, gateways, clock, readers, elsewhere, copy,
                           options.gateway.answer_bytes_max});
  peer_ports ports;
  ports.serve = [to = served](peer_request x) { to->serve(std::move(x)); };
  ports.met = [polls = elsewhere, spread = spread](const std::string& node) {
    polls->met(node);
    if (spread)
      spread->met(node);
  };
  ports.lost
      = [polls = elsewhere, spread = spread, copy = copy, requests = served,
         owner = owners.owner(definitions_shard)](const std::string& node) {
          polls->lost(node);
          if (spread)
            spread->lost(node);
          if (copy && node == owner)
            copy->owner_lost();
          requests->lost(node);
        };
  others->begin(std::move(ports));
}

void node::impl::leave_cluster() {
  if (elsewhere)
    elsewhere->close();
  if (others)
    others->stop();
  served.reset();
}

std::function<std::string()> node::cluster_status() const {
  using namespace node_cluster_detail;
  if (impl_->is_alone())
    return [shards = impl_->store->shards()] { return to_text(alone(shards)); };
  return [how = impl_->options.cluster, of = std::weak_ptr(impl_->others)] {
    json out{{"clustered", true},
             {"node", how.link.node},
             {"cluster", how.link.cluster},
             {"placement", "pinned"},
             {"nodes", json::array()}};
    auto links = of.lock();
    if (!links)
      return to_text(out);
    out["mapEpoch"] = links->map()->epoch();
    out["shards"] = links->map()->shards();
    auto reports = links->report();
    for (auto& node : how.nodes) {
      auto& line = out["nodes"].emplace_back(line_of(node));
      line["self"] = node.name == how.link.node;
      for (auto& report : reports)
        if (report.name == node.name)
          put_link(line, report);
    }
    return to_text(out);
  };
}

uint16_t node::cluster_port() const {
  return impl_->others ? impl_->others->port() : 0;
}

} // namespace tutti
