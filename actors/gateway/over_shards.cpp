#include "actors/gateway/over_shards.hpp"

#include "actors/support/scatter_gather.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

namespace over_shards_detail {

int64_t create_time(const nlohmann::json& x) {
  if (!x.is_object())
    return 0;
  auto i = x.find("createTime");
  return i != x.end() && i->is_number_integer() ? i->get<int64_t>() : 0;
}

result<answer> merged(std::vector<result<answer>> parts, size_t count_max) {
  std::vector<nlohmann::json> items;
  for (auto& part : parts) {
    if (!part)
      return part;
    auto list = parse_json(part->text);
    if (!list)
      return list.failure();
    for (auto& item : *list)
      items.push_back(std::move(item));
  }
  std::stable_sort(items.begin(), items.end(), [](auto& a, auto& b) {
    return create_time(a) > create_time(b);
  });
  if (items.size() > count_max)
    items.resize(count_max);
  answer out;
  out.text = to_text(nlohmann::json(std::move(items)));
  return out;
}

/// `ask(reply)` makes the message for one shard.
template <class Ask>
void ask_all(const gateway_context& context, size_t count_max,
             reply<answer> done, Ask ask) {
  auto& directory = *context.directory;
  auto all = scatter_gather<answer>::create(
      directory.shards(),
      [count_max, done = std::move(done)](std::vector<result<answer>> parts) {
        done(merged(std::move(parts), count_max));
      });
  for (uint32_t i = 0; i < directory.shards(); ++i)
    directory.tell(i, ask(scatter_gather<answer>::slot(all, i)));
}

} // namespace over_shards_detail

void list(const gateway_context_pointer& context, list_executions x) {
  auto done = x.done;
  over_shards_detail::ask_all(*context, x.count_max, std::move(done),
                              [&](reply<answer> slot) {
                                auto one = x;
                                one.done = std::move(slot);
                                return one;
                              });
}

void incidents(const gateway_context_pointer& context, incident_query x) {
  if (!x.release_workflow_id.empty()) {
    auto id = x.release_workflow_id;
    context->directory->tell(
        id,
        release_incident{std::move(x.release_workflow_id), std::move(x.done)});
    return;
  }
  over_shards_detail::ask_all(
      *context, SIZE_MAX, std::move(x.done),
      [](reply<answer> slot) { return report_incidents{std::move(slot)}; });
}

} // namespace tutti
