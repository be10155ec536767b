#include "actors/queue/polls_elsewhere.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace tutti {

namespace polls_elsewhere_detail {

/// Polls that one message takes along.
constexpr uint64_t polls_at_once_max = 100;

} // namespace polls_elsewhere_detail

void polls_elsewhere::open(queue_manager_actor queues) {
  std::lock_guard guard{mutex_};
  queues_ = std::move(queues);
}

void polls_elsewhere::close() {
  std::lock_guard guard{mutex_};
  queues_ = queue_manager_actor{};
  met_.clear();
  waited_for_.clear();
  waiting_.clear();
}

void polls_elsewhere::tell(const std::string& node, want_tasks what) {
  ++figures_.told;
  auto heard = [me = weak_from_this(), node,
                queue = what.queue](const result<done>& x) {
    if (auto self = me.lock(); self && !x)
      self->failed(node, queue);
  };
  directory_->tell_node(
      node, envelope<want_tasks>{std::move(what), {}, reply<done>(heard)});
}

void polls_elsewhere::failed(const std::string& node,
                             const std::string& queue) {
  std::lock_guard guard{mutex_};
  if (auto i = waited_for_.find(queue); i != waited_for_.end())
    i->second.known_by.erase(node);
}

void polls_elsewhere::wanted(const std::string& queue) {
  std::lock_guard guard{mutex_};
  auto& [known_by, lately] = waited_for_[queue];
  lately = true;
  if (known_by.size() == met_.size())
    return;
  for (auto& node : met_)
    if (known_by.insert(node).second)
      tell(node, {queue, true});
}

void polls_elsewhere::given_up(const std::string& queue) {
  std::lock_guard guard{mutex_};
  if (auto i = waited_for_.find(queue); i != waited_for_.end())
    forget(i);
}

polls_elsewhere::queues_waited_for::iterator
polls_elsewhere::forget(queues_waited_for::iterator which) {
  auto forgotten = which->first;
  auto nodes = std::move(which->second.known_by);
  auto next = waited_for_.erase(which);
  for (auto& node : nodes)
    tell(node, {forgotten, false});
  return next;
}

// A poll may be parked for longer than between two calls: its queue is asked,
// and says so with `wanted`.
void polls_elsewhere::look() {
  std::lock_guard guard{mutex_};
  for (auto i = waited_for_.begin(); i != waited_for_.end();) {
    if (!std::exchange(i->second.lately, false)) {
      i = forget(i);
      continue;
    }
    offer_again({i->first});
    ++i;
  }
  for (auto& [queue, nodes] : waiting_)
    offer_again({queue});
}

void polls_elsewhere::offered(const std::string& node, const tasks_ready& x) {
  std::lock_guard guard{mutex_};
  lend_polls ask;
  ask.queue = x.queue;
  ask.count
      = size_t(std::min(x.count, polls_elsewhere_detail::polls_at_once_max));
  ask.taken
      = [this, node, queue = x.queue](std::vector<envelope<poll_tasks>> polls) {
          took(node, queue, std::move(polls));
        };
  if (queues_)
    caf::anon_send(queues_, std::move(ask));
}

// On the queue's thread: a poll that comes after this finds that the node has
// to be told again.
void polls_elsewhere::took(const std::string& node, const std::string& queue,
                           std::vector<envelope<poll_tasks>> polls) {
  std::lock_guard guard{mutex_};
  if (polls.empty()) {
    auto i = waited_for_.find(queue);
    if (i != waited_for_.end() && i->second.known_by.erase(node) > 0)
      tell(node, {queue, false});
    return;
  }
  figures_.lent += polls.size();
  for (auto& x : polls) {
    x.request.timeout_ms = 0;
    x.request.by_node = true; // it was counted here
    auto back = [me = weak_from_this(), node, queue,
                 done = std::move(x.done)](result<tutti::polled> got) {
      if (auto self = me.lock(); self && !got)
        self->failed(node, queue);
      done(std::move(got));
    };
    x.done = reply<tutti::polled>(std::move(back));
    directory_->tell_node(node, std::move(x));
  }
}

bool polls_elsewhere::wants(const std::string& queue) const {
  std::lock_guard guard{mutex_};
  return waiting_.contains(queue);
}

void polls_elsewhere::ready(const std::string& queue, size_t count) {
  std::lock_guard guard{mutex_};
  auto i = waiting_.find(queue);
  if (i == waiting_.end())
    return;
  auto& [nodes, last] = i->second;
  // One task is told to one node; more of them to several. Who was told and has
  // not polled yet comes for one of these.
  auto coming = std::count_if(nodes.begin(), nodes.end(), [](const auto& node) {
    return node.second.told;
  });
  count -= std::min(count, size_t(coming));
  auto next = nodes.upper_bound(last);
  for (size_t tried = 0; tried < nodes.size() && count > 0; ++tried) {
    if (next == nodes.end())
      next = nodes.begin();
    auto& [node, x] = *next++;
    if (std::exchange(x.told, true))
      continue;
    ++figures_.offered;
    last = node;
    auto heard
        = [me = weak_from_this(), node = node, queue](const result<done>& got) {
            if (auto self = me.lock(); self && !got)
              self->polled(node, queue);
          };
    directory_->tell_node(
        node, envelope<tasks_ready>{{queue, count}, {}, reply<done>(heard)});
    --count;
  }
}

void polls_elsewhere::asked(const std::string& node, const want_tasks& x) {
  std::lock_guard guard{mutex_};
  if (x.waits) {
    waiting_[x.queue].nodes[node] = {};
  } else if (auto i = waiting_.find(x.queue); i != waiting_.end()) {
    i->second.nodes.erase(node);
    if (i->second.nodes.empty())
      waiting_.erase(i);
  }
  // Its tasks are offered to this one, or to another one instead.
  offer_again({x.queue});
}

void polls_elsewhere::polled(const std::string& node,
                             const std::string& queue) {
  std::lock_guard guard{mutex_};
  auto i = waiting_.find(queue);
  if (i == waiting_.end())
    return;
  if (auto x = i->second.nodes.find(node); x != i->second.nodes.end())
    x->second.told = false;
}

void polls_elsewhere::met(const std::string& node) {
  std::lock_guard guard{mutex_};
  if (!met_.insert(node).second)
    return;
  for (auto& [queue, x] : waited_for_)
    if (x.known_by.insert(node).second)
      tell(node, {queue, true});
}

void polls_elsewhere::lost(const std::string& node) {
  std::lock_guard guard{mutex_};
  met_.erase(node);
  for (auto& [queue, x] : waited_for_)
    x.known_by.erase(node);
  std::vector<std::string> untold;
  for (auto i = waiting_.begin(); i != waiting_.end();) {
    if (i->second.nodes.erase(node) > 0)
      untold.push_back(i->first);
    i = i->second.nodes.empty() ? waiting_.erase(i) : std::next(i);
  }
  offer_again(untold);
}

void polls_elsewhere::offer_again(
    const std::vector<std::string>& queues) const {
  if (queues_)
    for (auto& x : queues)
      caf::anon_send(queues_, offer_elsewhere{x});
}

polls_elsewhere::figures polls_elsewhere::count() const {
  std::lock_guard guard{mutex_};
  return figures_;
}

std::vector<metric> polls_elsewhere::metrics() const {
  using kind = metric::kind;
  auto now = count();
  return {{"tutti_peer_polls_total",
           "Polls that were sent to another node because it had tasks",
           kind::counter,
           {{{}, double(now.lent)}}},
          {"tutti_peer_poll_messages_total",
           "Messages between nodes about workers that wait and tasks that are "
           "ready",
           kind::counter,
           {{{{"about", "workers"}}, double(now.told)},
            {{{"about", "tasks"}}, double(now.offered)}}}};
}

} // namespace tutti
