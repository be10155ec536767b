#include "actors/cluster/peers.hpp"

#include "actors/cluster/peer_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>

namespace tutti {

namespace peers_detail {

using kind = metric::kind;
using sample = metric::sample;

struct peer_entry {
  listed_node node;
  peer_actor actor;
  std::shared_ptr<peer_figures> figures;
};

/// Counts down to the end of all actors.
struct countdown {
  void one_less() {
    std::lock_guard guard{mutex};
    if (--left == 0)
      done.notify_all();
  }
  void wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock{mutex};
    done.wait_for(lock, time, [this] { return left == 0; });
  }
  std::mutex mutex;
  std::condition_variable done;
  size_t left = 0;
};

} // namespace peers_detail

using namespace peers_detail;

struct peers::impl : std::enable_shared_from_this<peers::impl> {
  impl(caf::actor_system& system, cluster_settings how, shard_map map)
      : system(system), how(std::move(how)),
        owners(std::make_shared<const shard_map>(std::move(map))) {}

  std::shared_ptr<const shard_map> map() const {
    std::lock_guard guard{mutex};
    return owners;
  }

  peer_actor find(const std::string& node) const {
    std::lock_guard guard{mutex};
    auto i = all.find(node);
    return i != all.end() ? i->second.actor : peer_actor();
  }

  void send(uint32_t shard, peer_letter_pointer what) {
    auto now = map();
    what->shard = shard;
    auto owner = shard < now->shards() ? now->owner(shard) : std::string();
    if (owner.empty() || owner == how.link.node)
      return what->fail(
          {errc::unavailable, "shard " + std::to_string(shard)
                                  + " is not served by any node now"});
    what->map_epoch = now->epoch();
    send(owner, std::move(what));
  }

  void send(const std::string& node, peer_letter_pointer what) {
    if (auto to = find(node))
      caf::anon_send(to, send_to_peer{std::move(what)});
    else
      what->fail({errc::unavailable,
                  "node '" + node + "' is not known, or this one is stopping"});
  }

  /// The node that was asked does not serve the shard. Its map may be newer
  /// than ours: whoever keeps the map has a moment to learn of it.
  void send_again(peer_letter_pointer what) {
    auto now = map();
    if (now->epoch() < what->map_epoch)
      spdlog::debug("shard {} has moved: map {} is known elsewhere, {} here",
                    what->shard, what->map_epoch, now->epoch());
    auto shard = what->shard;
    send(shard, std::move(what));
  }

  std::shared_ptr<const peer_context> context_of(const listed_node& node,
                                                 const peer_ports& ports);
  void begin(const peer_ports& ports);
  void stop();

  caf::actor_system& system;
  cluster_settings how;
  std::shared_ptr<link_host> host;
  mutable std::mutex mutex;
  std::shared_ptr<const shard_map> owners;
  std::map<std::string, peer_entry> all;
};

// Of two nodes the one with the lesser name dials.
std::shared_ptr<const peer_context>
peers::impl::context_of(const listed_node& node, const peer_ports& ports) {
  auto out = std::make_shared<peer_context>();
  out->how = how.link;
  out->node = node;
  out->ports = ports;
  out->dials = how.link.node < node.name;
  out->dial = [of = std::weak_ptr(host), node] {
    if (auto to = of.lock())
      to->dial(node.name, node.host, node.port);
  };
  out->map = [me = shared_from_this()] { return me->map(); };
  out->send_again = [me = weak_from_this()](peer_letter_pointer what) {
    if (auto self = me.lock())
      self->send_again(std::move(what));
  };
  out->figures = std::make_shared<peer_figures>();
  out->figures->shown.name = node.name;
  out->figures->shown.host = node.host;
  out->figures->shown.port = node.port;
  out->figures->shown.last_error = "it has not been reached yet";
  return out;
}

void peers::impl::begin(const peer_ports& ports) {
  link_host::ports of;
  of.map = [me = weak_from_this()] {
    auto self = me.lock();
    return self ? *self->map() : shard_map();
  };
  of.told = [me = weak_from_this()](const std::string& node, link_event x) {
    auto self = me.lock();
    auto to = self ? self->find(node) : peer_actor();
    if (to)
      caf::anon_send(to,
                     peer_event{std::make_shared<link_event>(std::move(x))});
  };
  for (auto& node : how.nodes) {
    if (node.name == how.link.node)
      continue;
    auto context = context_of(node, ports);
    peer_entry entry{node, {}, context->figures};
    entry.actor = system.spawn(peer_node, context);
    std::lock_guard guard{mutex};
    all.emplace(node.name, std::move(entry));
  }
  host->begin(std::move(of));
}

void peers::impl::stop() {
  std::map<std::string, peer_entry> ending;
  {
    std::lock_guard guard{mutex};
    ending = std::exchange(all, {});
  }
  auto left = std::make_shared<countdown>();
  left->left = ending.size();
  for (auto& [name, x] : ending)
    caf::anon_send(x.actor, drain{reply<done>(
                                [left](result<done>) { left->one_less(); })});
  if (!ending.empty())
    left->wait_for(std::chrono::milliseconds(1'000));
  // A goodbye that is under way has a moment.
  if (host)
    host->stop();
}

result<std::shared_ptr<peers>>
peers::make(caf::actor_system& system, cluster_settings how, shard_map map) {
  std::vector<std::string> listed;
  for (auto& node : how.nodes)
    if (node.name != how.link.node)
      listed.push_back(node.name);
  auto host = link_host::make(how.link, std::move(listed));
  if (!host)
    return std::move(host).failure();
  auto in = std::make_shared<impl>(system, std::move(how), std::move(map));
  in->host = *std::move(host);
  return std::shared_ptr<peers>(new peers(std::move(in)));
}

peers::~peers() { stop(); }

void peers::begin(peer_ports ports) { impl_->begin(ports); }
void peers::stop() { impl_->stop(); }

void peers::send(uint32_t shard, peer_letter_pointer what) {
  impl_->send(shard, std::move(what));
}

void peers::send(const std::string& node, peer_letter_pointer what) {
  impl_->send(node, std::move(what));
}

const std::string& peers::name() const { return impl_->how.link.node; }

std::vector<std::string> peers::nodes() const {
  std::vector<std::string> out;
  for (auto& node : impl_->how.nodes)
    if (node.name != name())
      out.push_back(node.name);
  return out;
}

void peers::set_map(shard_map next) {
  std::lock_guard guard{impl_->mutex};
  if (next.epoch() > impl_->owners->epoch())
    impl_->owners = std::make_shared<const shard_map>(std::move(next));
}

std::shared_ptr<const shard_map> peers::map() const { return impl_->map(); }

uint16_t peers::port() const { return impl_->host->port(); }

std::vector<peer_report> peers::report() const {
  std::vector<std::shared_ptr<peer_figures>> all;
  {
    std::lock_guard guard{impl_->mutex};
    for (auto& [name, x] : impl_->all)
      all.push_back(x.figures);
  }
  std::vector<peer_report> out;
  for (auto& x : all)
    out.push_back(x->get());
  return out;
}

std::vector<metric> peers::metrics() const {
  metric connected{
      "tutti_peer_connected", "Is there a link to the node", kind::gauge, {}},
      connects{"tutti_peer_connects_total",
               "Links to the node that came up",
               kind::counter,
               {}},
      requests{"tutti_peer_requests_total",
               "Requests to the node and from it",
               kind::counter,
               {}},
      refusals{"tutti_peer_requests_refused_total",
               "Requests to the node that were refused: too much was under way "
               "(cluster.requests_max, cluster.in_flight_mib_max)",
               kind::counter,
               {}},
      in_flight{"tutti_peer_requests_in_flight",
                "Requests to the node that it has not answered",
                kind::gauge,
                {}},
      in_flight_bytes{
          "tutti_peer_in_flight_bytes", "The bytes of those", kind::gauge, {}},
      bytes{"tutti_peer_bytes_total",
            "Bytes to the node and from it",
            kind::counter,
            {}},
      round_trip{"tutti_peer_round_trip_seconds",
                 "Time of the last heartbeat to the node and back",
                 kind::gauge,
                 {}};
  for (auto& x : report()) {
    std::map<std::string, std::string> of{{"peer", x.name}};
    auto with = [&](const char* direction) {
      auto out = of;
      out["direction"] = direction;
      return out;
    };
    connected.samples.push_back({of, x.connected ? 1.0 : 0.0});
    connects.samples.push_back({of, double(x.connects)});
    requests.samples.push_back({with("out"), double(x.requests_sent)});
    requests.samples.push_back({with("in"), double(x.requests_received)});
    refusals.samples.push_back({of, double(x.refused)});
    in_flight.samples.push_back({of, double(x.in_flight)});
    in_flight_bytes.samples.push_back({of, double(x.in_flight_bytes)});
    bytes.samples.push_back({with("out"), double(x.bytes_sent)});
    bytes.samples.push_back({with("in"), double(x.bytes_received)});
    if (x.round_trip_us >= 0)
      round_trip.samples.push_back({of, double(x.round_trip_us) / 1e6});
  }
  metric refused{"tutti_peer_connections_refused_total",
                 "Connections between nodes that were refused",
                 kind::counter,
                 {}};
  for (size_t i = 0; i < size_t(refusal::count); ++i)
    refused.samples.push_back({{{"why", to_text(refusal(i))}},
                               double(impl_->host->refused(refusal(i)))});
  metric shaking{"tutti_peer_handshakes",
                 "Connections of nodes in their handshake",
                 kind::gauge,
                 {{{}, double(impl_->host->shaking())}}};
  return {connected,       connects, requests,   refusals, in_flight,
          in_flight_bytes, bytes,    round_trip, refused,  shaking};
}

} // namespace tutti
