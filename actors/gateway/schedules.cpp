#include "actors/gateway/schedules.hpp"

#include "actors/engine/definition/pin_definitions.hpp"
#include "actors/schedules/firing_ids.hpp"
#include "actors/schedules/schedule_view.hpp"
#include "actors/support/scatter_gather.hpp"
#include "messages/model/bounds.hpp"

#include <iterator>

namespace tutti {

namespace gateway_schedules_detail {

std::optional<failure> cannot_start(const gateway_context& context,
                                    const start_workflow_request& x) {
  auto most = context.settings.input_bytes_max;
  if (x.input && x.input->text().size() > most)
    return failure{errc::too_large,
                   sentence_of(bounds::workflow_input, x.input->text().size(),
                               most, "the input of workflow '" + x.name + "'")};
  auto known = context.definitions->current();
  if (x.definition || known->find_workflow(x.name, x.version))
    return std::nullopt;
  return engine::no_such_workflow(x.name, x.version);
}

template <class Request>
void list_all(const gateway_context& context, const envelope<Request>& x) {
  auto shards = context.directory->shards();
  auto finish = [done = x.done, from = x.request.start, count = x.request.count,
                 down = x.request.descending](
                    std::vector<result<sorted_documents>> parts) {
    sorted_documents all;
    for (auto& part : parts) {
      if (!part)
        return done(std::move(part).failure());
      all.total += part->total;
      std::ranges::move(part->items, std::back_inserter(all.items));
    }
    sort_and_cut(all.items, down, from + count);
    auto skipped = std::min<size_t>(from, all.items.size());
    all.items.erase(all.items.begin(),
                    all.items.begin() + std::ptrdiff_t(skipped));
    done(std::move(all));
  };
  auto all
      = scatter_gather<sorted_documents>::create(shards, std::move(finish));
  for (uint32_t i = 0; i < shards; ++i)
    context.directory->tell(
        i, x.with(scatter_gather<sorted_documents>::slot(all, i)));
}

} // namespace gateway_schedules_detail

void save(const gateway_context_pointer& context, envelope<save_schedule> x) {
  if (auto why
      = gateway_schedules_detail::cannot_start(*context, x.request.what.start))
    return x.done(std::move(*why));
  context->directory->tell(schedule_shard_id(x.request.what.name),
                           std::move(x));
}

void list(const gateway_context_pointer& context, envelope<list_schedules> x) {
  gateway_schedules_detail::list_all(*context, x);
}

void list(const gateway_context_pointer& context, envelope<search_firings> x) {
  gateway_schedules_detail::list_all(*context, x);
}

void hold(const gateway_context_pointer& context, envelope<hold_schedules> x) {
  auto shards = context->directory->shards();
  auto all = scatter_gather<done>::create(
      shards, [answered = x.done](const std::vector<result<done>>& parts) {
        for (auto& part : parts)
          if (!part)
            return answered(part.failure());
        answered(done{});
      });
  for (uint32_t i = 0; i < shards; ++i)
    context->directory->tell(i, x.with(scatter_gather<done>::slot(all, i)));
}

} // namespace tutti
