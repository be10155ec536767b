#include "actors/node/node_figures.hpp"

#include "actors/engine/task_traits.hpp"
#include "actors/support/mailbox_figures.hpp"

namespace tutti {

namespace node_figures_detail {

std::string owner_of(const std::string& task_type,
                     const definition_source& definitions) {
  workflow_task task;
  task.type = task_type;
  if (engine::traits_of(task).queued)
    return "system";
  auto found = definitions.find_task(task_type);
  return found && !found->trail.owner_app.empty() ? found->trail.owner_app
                                                  : "unknown";
}

} // namespace node_figures_detail

std::vector<metric> task_metrics(const queue_table& queues,
                                 const task_limits& limits,
                                 const definition_source& definitions) {
  using node_figures_detail::owner_of;
  using kind = metric::kind;
  metric depth{
      "task_queue_depth", "Tasks of a type that wait", kind::gauge, {}};
  for (auto& [type, count] : queues.depths_by_type())
    depth.samples.push_back(
        {{{"taskType", type}, {"ownerApp", owner_of(type, definitions)}},
         double(count)});
  metric held{"task_in_progress",
              "Tasks of a limited definition with workers",
              kind::gauge,
              {}};
  for (auto& [type, count] : limits.in_progress())
    held.samples.push_back(
        {{{"taskType", type}, {"ownerApp", owner_of(type, definitions)}},
         double(count)});
  return {std::move(depth), std::move(held)};
}

std::vector<metric> mailbox_metrics() {
  metric out{"tutti_mailbox_depth",
             "Messages that wait behind the one that an actor takes",
             metric::kind::histogram,
             {}};
  for (auto& [kind, depths] : mailbox_figures::of_process().read())
    out.samples.push_back(sample_of(depths, {{"actor", kind}}));
  return {std::move(out)};
}

} // namespace tutti
