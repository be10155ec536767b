#include "actors/event/event_janitor.hpp"

#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>

namespace tutti {

namespace event_janitor_detail {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Per shard and commit, so that commits stay small.
constexpr size_t erased_max = 1'000;
constexpr milliseconds more_pause = 1s, look_pause = 1min, read_pause_max = 1h;

/// Read from the store: expired messages by shard, and lengths of queues that
/// seem full.
struct finding {
  std::vector<event_queue_rows::aged> old;
  std::vector<std::pair<std::string, size_t>> counted;
};

result<finding> find(const storage::store& from, uint32_t shards,
                     std::optional<int64_t> before,
                     const std::vector<std::string>& full, size_t count_max) {
  finding out;
  event_queue_rows rows(from);
  for (uint32_t shard = 0; before && shard < shards; ++shard) {
    auto aged = rows.older_than(shard, *before, erased_max);
    if (!aged)
      return std::move(aged).failure();
    out.old.push_back(*std::move(aged));
  }
  for (auto& queue : full) {
    auto messages = rows.count(queue, count_max);
    if (!messages)
      return std::move(messages).failure();
    out.counted.emplace_back(queue, *messages);
  }
  return out;
}

} // namespace event_janitor_detail

void event_janitor_state::look() {
  self_timer_.looked(self);
  auto full = context->queues->full();
  if (!full.empty() || self->clock().now() >= next_read_)
    return read(std::move(full));
  self_timer_.set(self,
                  std::min(next_read_, self->clock().now()
                                           + event_janitor_detail::look_pause));
}

// Ages are computed with the node's clock.
void event_janitor_state::look_again() {
  next_read_ = {};
  look();
}

void event_janitor_state::read(std::vector<std::string> full) {
  using namespace event_janitor_detail;
  std::optional<int64_t> before;
  if (context->age_max.count() > 0)
    before = context->clock->now_ms() - context->age_max.count();
  auto work
      = [before, full = std::move(full),
         shards = uint32_t(context->epochs.size()),
         most = context->queues->messages_max()](const storage::store& from) {
          return find(from, shards, before, full, most);
        };
  auto then = [this, before](result<finding> found) {
    auto wait = read_pause_max;
    if (!found) {
      spdlog::warn("messages of event queues cannot be read now: {}",
                   found.failure().message);
      found = finding{};
      wait = look_pause;
    }
    for (auto& [queue, messages] : found->counted)
      context->queues->counted(queue, messages);
    size_t erased = 0;
    for (uint32_t shard = 0; shard < found->old.size(); ++shard) {
      auto& aged = found->old[shard];
      auto left = aged.oldest_left;
      if (left != 0 && left < *before)
        wait = std::min(wait, more_pause);
      else if (left != 0)
        wait = std::min(wait,
                        std::max(look_pause, milliseconds(left - *before + 1)));
      erased += aged.found.size();
      if (!aged.found.empty())
        erase_old(shard, std::move(aged));
    }
    if (erased > 0)
      spdlog::warn(
          "{} messages of event queues were dropped: nobody has "
          "acknowledged them within {} hours "
          "(events.message_hours_max)",
          erased,
          std::chrono::duration_cast<std::chrono::hours>(context->age_max)
              .count());
    next_read_ = self->clock().now() + wait;
    self_timer_.set(self, std::min(wait, look_pause));
  };
  read_first<finding>(self, *context->readers, std::move(work),
                      std::move(then));
}

void event_janitor_state::erase_old(uint32_t shard,
                                    event_queue_rows::aged aged) {
  storage::batch rows;
  std::vector<std::string> queues;
  for (auto& [queue, key] : aged.found) {
    rows.push_back({storage::operation::kind::erase, std::move(key), {}});
    queues.push_back(std::move(queue));
  }
  context->store->submit({shard, context->epochs[shard], std::move(rows)},
                         [registry = context->queues,
                          queues = std::move(queues)](storage::outcome how) {
                           if (how == storage::outcome::ok)
                             for (auto& queue : queues)
                               registry->taken_out(queue);
                         });
}

event_janitor_actor::behavior_type
event_janitor(event_janitor_actor::stateful_pointer<event_janitor_state> self,
              std::shared_ptr<const event_janitor_context> context) {
  self->state.self = self;
  self->state.context = std::move(context);
  return guarded<event_janitor_actor::behavior_type>(
      self, "event janitor", [self](const tick&) { self->state.look(); },
      [self](const clock_moved&) { self->state.look_again(); });
}

} // namespace tutti
