#include "actors/gateway/over_shards.hpp"

#include "actors/support/scatter_gather.hpp"

#include <algorithm>
#include <iterator>

namespace tutti {

namespace over_shards_detail {

/// Sends the same request to every shard. `merged` gets all items in the order
/// of the shards, or the reply the first failure.
template <class Request, class Merge>
void ask_all(const gateway_context& context, const envelope<Request>& x,
             Merge merged) {
  using response = typename Request::response;
  auto shards = context.directory->shards();
  auto finish = [done = x.done, merged](std::vector<result<response>> parts) {
    response out;
    for (auto& part : parts) {
      if (!part)
        return done(std::move(part).failure());
      std::move(part->items.begin(), part->items.end(),
                std::back_inserter(out.items));
      if constexpr (requires { out.total; })
        out.total += part->total;
    }
    merged(out);
    done(std::move(out));
  };
  auto all = scatter_gather<response>::create(shards, std::move(finish));
  for (uint32_t i = 0; i < shards; ++i)
    context.directory->tell(i, x.with(scatter_gather<response>::slot(all, i)));
}

} // namespace over_shards_detail

void list(const gateway_context_pointer& context, envelope<list_executions> x) {
  auto merge = [most = x.request.count_max,
                summaries = x.request.summaries](execution_list& all) {
    if (summaries)
      std::ranges::stable_sort(all.items, std::greater{},
                               &execution_summary::created);
    if (all.items.size() > most)
      all.items.resize(most);
  };
  over_shards_detail::ask_all(*context, x, merge);
}

void list(const gateway_context_pointer& context, envelope<list_jobs> x) {
  auto merge = [most = x.request.count_max](job_list& all) {
    std::ranges::stable_sort(all.items, std::greater{}, &job_entry::created);
    if (all.items.size() > most)
      all.items.resize(most);
  };
  over_shards_detail::ask_all(*context, x, merge);
}

void list(const gateway_context_pointer& context, envelope<list_incidents> x) {
  over_shards_detail::ask_all(*context, x, [](incident_list&) {});
}

} // namespace tutti
