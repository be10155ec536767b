#include "actors/search/search_actor.hpp"

#include "actors/support/guarded.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tutti {

search_state::~search_state() {
  if (context)
    context->keeper->when_applied(nullptr);
}

void search_state::open(std::shared_ptr<const search_context> with) {
  context = std::move(with);
  // A weak handle: the keeper may outlive the actor.
  context->keeper->when_applied(
      [anybody = anybody_, me = caf::actor_cast<caf::weak_actor_ptr>(self)] {
        if (!anybody->exchange(false))
          return;
        if (auto to = caf::actor_cast<caf::strong_actor_ptr>(me))
          caf::anon_send(caf::actor_cast<search_actor>(to), tick{});
      });
}

std::vector<uint64_t> search_state::ends() const {
  std::vector<uint64_t> out;
  for (uint32_t shard = 0; shard < context->store->shards(); ++shard)
    out.push_back(context->store->feed_end(shard));
  return out;
}

void search_state::begin(envelope<search_index>& x) {
  auto what = std::make_shared<envelope<search_index>>(std::move(x));
  auto service = context->service;
  when_applied(
      [service, what](search_service::lag behind) {
        service->find(std::move(*what), behind);
      },
      [what](failure why) { what->done(std::move(why)); });
}

void search_state::begin(envelope<summarize_executions>& x) {
  auto what = std::make_shared<envelope<summarize_executions>>(std::move(x));
  auto service = context->service;
  when_applied(
      [service, what](search_service::lag) {
        service->summarize(std::move(*what));
      },
      [what](failure why) { what->done(std::move(why)); });
}

void search_state::when_applied(std::function<void(search_service::lag)> begin,
                                const std::function<void(failure)>& refuse) {
  auto positions = ends();
  auto missing = context->keeper->missing(positions);
  if (missing == 0)
    return begin({});
  auto status = context->keeper->report();
  // An index that is built anew does not catch up soon.
  if (status.now != index_keeper::phase::ready)
    return begin({missing, status.behind_ms});
  if (waiting_.size() >= context->settings.waiting_max)
    return refuse({errc::too_many, "too many searches wait for their turn "
                                   "(index.searches_waiting_max), try again"});
  waiting_.push_back({std::move(begin), std::move(positions),
                      self->clock().now() + context->settings.wait_max});
  look();
}

void search_state::look() {
  auto now = self->clock().now();
  self_timer_.looked(self);
  if (waiting_.empty())
    return;
  // Before it is asked what is missing: what comes later wakes this actor.
  *anybody_ = true;
  auto next = instant::max();
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    auto missing = context->keeper->missing(at->positions);
    if (missing > 0 && now < at->until) {
      next = std::min(next, at->until);
      ++at;
      continue;
    }
    search_service::lag behind;
    if (missing > 0)
      behind = {missing, context->keeper->report().behind_ms};
    at->begin(behind);
    at = waiting_.erase(at);
  }
  if (next == instant::max())
    return;
  context->keeper->hurry();
  self_timer_.set(self, next);
}

search_actor::behavior_type
search(search_actor::stateful_pointer<search_state> self,
       std::shared_ptr<const search_context> context) {
  self->state.open(std::move(context));
  return guarded<search_actor::behavior_type>(
      self, "search",
      [self](envelope<search_index>& x) {
        if (self->state.draining)
          return x.done(failure{errc::unavailable, "the node is stopping"});
        self->state.begin(x);
      },
      [self](envelope<summarize_executions>& x) {
        if (self->state.draining)
          return x.done(failure{errc::unavailable, "the node is stopping"});
        self->state.begin(x);
      },
      [self](envelope<read_index_status>& x) {
        self->state.context->service->describe(std::move(x));
      },
      [self](const envelope<rebuild_index>& x) {
        auto begun = self->state.context->keeper->build_anew();
        x.done(std::move(begun));
      },
      [self](const tick&) { self->state.look(); },
      [self](const drain& x) {
        self->state.draining = true;
        x.finished(done{});
      });
}

} // namespace tutti
