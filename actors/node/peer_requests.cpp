#include "actors/node/peer_requests.hpp"

#include "actors/gateway/over_nodes.hpp"

#include <caf/send.hpp>

namespace tutti {

namespace peer_requests_detail {

template <class Actor, class Message>
inline constexpr bool takes = false;
template <class... Signatures, class Message>
inline constexpr bool
    takes<caf::typed_actor<Signatures...>,
          Message> = (std::same_as<Signatures, caf::reacts_to<Message>> || ...);

template <class Request>
using shard_actor_of = std::decay_t<
    decltype(std::declval<shard_actors&>()
             .*actor_directory_detail::shard_actor<envelope<Request>>)>;
template <class Request>
using node_actor_of = std::decay_t<
    decltype(std::declval<node_actors&>()
             .*actor_directory_detail::node_actor<envelope<Request>>)>;

template <class Request>
constexpr bool for_shards = takes<shard_actor_of<Request>, envelope<Request>>;
template <class Request>
constexpr bool for_nodes = takes<node_actor_of<Request>, envelope<Request>>;
template <class Request>
constexpr bool for_gateways = takes<gateway_actor, envelope<Request>>;

template <class Request>
void refuse(const envelope<Request>& x, const char* whose) {
  x.done(failure{errc::invalid, std::string("another node sent a request that "
                                            "is not for ")
                                    + whose});
}

} // namespace peer_requests_detail

void peer_requests::serve(peer_request x) {
  auto read = wire::read_request(x.bytes);
  if (!read) {
    // A failure has the same bytes for every request.
    if (x.answer)
      x.answer(wire::to_bytes_of_response<end_watch>(
          failure{errc::invalid, "the request of another node is not "
                                 "understood: "
                                     + read.failure().message}));
    return;
  }
  x.bytes.clear();
  std::visit(
      [&]<class Request>(Request& what) {
        envelope<Request> to{std::move(what), std::move(read->context), {}};
        if (x.answer)
          to.done = reply<typename Request::response>(
              [answer
               = x.answer](const result<typename Request::response>& got) {
                answer(wire::to_bytes_of_response<Request>(got));
              });
        take(x, std::move(to));
      },
      read->request);
}

template <is_request Request>
void peer_requests::take(const peer_request& from, envelope<Request> x) {
  if (from.to == addressee::node)
    return to_node(from, std::move(x));
  if (!ports_.directory->is_here(from.shard)) {
    x.done = {};
    if (from.not_here)
      from.not_here();
    return;
  }
  if (from.to == addressee::gateway)
    to_gateway(from, std::move(x));
  else
    to_shard(from, std::move(x));
}

template <is_request Request>
void peer_requests::to_shard(const peer_request& from, envelope<Request> x) {
  if constexpr (std::same_as<Request, watch_execution>)
    note_watch(from.from, x);
  if constexpr (std::same_as<Request, end_watch>)
    forget_watch(from.from, x.request.watch_id);
  if constexpr (std::same_as<Request, accept_outbox_message>)
    ports_.directory->tell_addressee(std::move(x));
  else if constexpr (peer_requests_detail::for_shards<Request>)
    ports_.directory->tell(from.shard, std::move(x));
  else
    peer_requests_detail::refuse(x, "a shard");
}

template <is_request Request>
void peer_requests::to_gateway(const peer_request&, envelope<Request> x) {
  if constexpr (peer_requests_detail::for_gateways<Request>)
    caf::anon_send(ports_.gateways[next_gateway_++ % ports_.gateways.size()],
                   std::move(x));
  else
    peer_requests_detail::refuse(x, "a gateway");
}

template <is_request Request>
void peer_requests::to_node(const peer_request& from, envelope<Request> x) {
  if constexpr (std::same_as<Request, want_tasks>) {
    ports_.elsewhere->asked(from.from, x.request);
    x.done(done{});
  } else if constexpr (std::same_as<Request, tasks_ready>) {
    ports_.elsewhere->offered(from.from, x.request);
    x.done(done{});
  } else if constexpr (std::same_as<Request, change_definitions>) {
    if (ports_.copy)
      ports_.copy->take(x);
    else
      peer_requests_detail::refuse(x, "the node that registers definitions");
  } else if constexpr (std::same_as<Request, advance_clock>) {
    ports_.clock->advance(x.request.by_ms);
    ports_.directory->tell_clock_moved();
    x.done(done{});
  } else if constexpr (std::same_as<Request, peek_event_queue>) {
    peek_here(*ports_.readers, ports_.answer_bytes_max, x);
  } else if constexpr (peer_requests_detail::for_nodes<Request>) {
    if constexpr (std::same_as<Request, poll_tasks>)
      ports_.elsewhere->polled(from.from, x.request.domain.empty()
                                              ? x.request.task_type
                                              : x.request.domain + ':'
                                                    + x.request.task_type);
    ports_.directory->tell(std::move(x));
  } else {
    peer_requests_detail::refuse(x, "a node");
  }
}

void peer_requests::note_watch(const std::string& node,
                               envelope<watch_execution>& x) {
  auto id = x.request.watch_id;
  {
    std::lock_guard guard{mutex_};
    watches_[node][id] = x.request.workflow_id;
  }
  x.done = reply<observed>([me = weak_from_this(), node, id,
                            done = std::move(x.done)](result<observed> got) {
    if (auto self = me.lock())
      self->forget_watch(node, id);
    done(std::move(got));
  });
}

void peer_requests::forget_watch(const std::string& node, uint64_t watch_id) {
  std::lock_guard guard{mutex_};
  if (auto i = watches_.find(node); i != watches_.end())
    i->second.erase(watch_id);
}

void peer_requests::lost(const std::string& node) {
  std::map<uint64_t, std::string> open;
  {
    std::lock_guard guard{mutex_};
    if (auto i = watches_.find(node); i != watches_.end()) {
      open = std::move(i->second);
      watches_.erase(i);
    }
  }
  for (auto& [watch, workflow] : open)
    ports_.directory->tell(workflow,
                           envelope<end_watch>{{workflow, watch}, {}, {}});
}

} // namespace tutti
