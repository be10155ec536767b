#include "actors/output_cache/output_cache_actor.hpp"

#include "actors/support/guarded.hpp"
#include "storage/keys.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>

namespace tutti {

namespace outputs_detail {

/// Many outputs expire within a second: erase them together.
constexpr int64_t pause_ms = 1'000;
/// The wall clock may be set: no wait is longer than this.
constexpr int64_t wait_ms_max = 60'000;

} // namespace outputs_detail

void outputs_state::look() {
  auto now = context->clock->now_ms();
  self_timer_.looked(self);
  std::map<uint32_t, storage::batch> by_shard;
  for (auto& x : context->cache->take_leftovers(now))
    by_shard[x.shard].push_back(
        {storage::operation::kind::erase, std::move(x.key), {}});
  for (auto& [shard, batch] : by_shard)
    context->store->submit({shard, context->epochs[shard], std::move(batch)},
                           [](storage::outcome) {});
  auto next = context->cache->next_expiry();
  if (next == 0)
    return;
  auto wait = std::clamp<int64_t>(next - now, outputs_detail::pause_ms,
                                  outputs_detail::wait_ms_max);
  self_timer_.set(self, std::chrono::milliseconds(wait));
}

output_cache_actor::behavior_type
outputs_janitor(output_cache_actor::stateful_pointer<outputs_state> self,
                std::shared_ptr<const outputs_context> context) {
  self->state.self = self;
  self->state.context = std::move(context);
  return guarded<output_cache_actor::behavior_type>(
      self, "output cache", [self](const tick&) { self->state.look(); },
      [self](const clock_moved&) { self->state.look(); });
}

} // namespace tutti
