#include "actors/event/event_janitor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>

namespace tutti {

namespace event_janitor_detail {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Of one shard at a time: a commit stays small.
constexpr size_t erased_max = 1'000;
constexpr milliseconds more_pause = 1s, wait_min = 1min, wait_max = 1h;

} // namespace event_janitor_detail

void event_janitor_state::look() {
  using namespace event_janitor_detail;
  self_timer_.looked(self);
  auto& all = *context;
  auto now = all.clock->now_ms();
  auto before = now - all.age_max.count();
  auto wait = wait_max;
  // What was published twice was counted twice: the store says what there is.
  for (auto& queue : all.board->full()) {
    all.board->counted(
        queue, all.board->rows().count(queue, all.board->messages_max()));
    wait = wait_min;
  }
  size_t erased = 0;
  for (uint32_t shard = 0; shard < all.epochs.size(); ++shard) {
    auto aged = all.board->rows().older_than(shard, before, erased_max);
    if (aged.oldest_left != 0)
      wait = std::min(
          wait, aged.oldest_left < before
                    ? more_pause
                    : std::max(wait_min,
                               milliseconds(aged.oldest_left - before + 1)));
    if (aged.found.empty())
      continue;
    erased += aged.found.size();
    storage::batch rows;
    std::vector<std::string> queues;
    for (auto& [queue, key] : aged.found) {
      rows.push_back({storage::operation::kind::erase, std::move(key), {}});
      queues.push_back(std::move(queue));
    }
    all.store->submit(
        {shard, all.epochs[shard], std::move(rows)},
        [board = all.board, queues = std::move(queues)](storage::outcome how) {
          if (how == storage::outcome::ok)
            for (auto& queue : queues)
              board->taken_out(queue);
        });
  }
  if (erased > 0)
    spdlog::warn(
        "{} messages of event queues were dropped: nobody has "
        "acknowledged them within {} hours (events.message_hours_max)",
        erased,
        std::chrono::duration_cast<std::chrono::hours>(all.age_max).count());
  self_timer_.set(self, wait);
}

event_janitor_actor::behavior_type
event_janitor(event_janitor_actor::stateful_pointer<event_janitor_state> self,
              std::shared_ptr<const event_janitor_context> context) {
  self->state.self = self;
  self->state.context = std::move(context);
  return {
      [self](const tick&) { self->state.look(); },
      [self](const clock_moved&) { self->state.look(); },
  };
}

} // namespace tutti
