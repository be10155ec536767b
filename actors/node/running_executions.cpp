#include "actors/node/running_executions.hpp"

#include <mutex>

namespace tutti {

struct running_executions::counts {
  mutable std::mutex mutex;
  std::vector<value_count> of;
};

running_executions::running_executions(ports x)
    : ports_(std::move(x)), counts_(std::make_shared<counts>()) {}

void running_executions::look(instant now) {
  if (now < next_)
    return;
  next_ = now + pause;
  envelope<search_index> x;
  x.request.as = search_index::form::ids;
  x.request.query = "status = RUNNING";
  x.request.count = 1;
  x.request.facets = {"workflowType"};
  // Without an answer the last one stands; the index may be building.
  x.done = reply<search_result>([to = counts_](result<search_result> got) {
    if (!got)
      return;
    std::lock_guard guard{to->mutex};
    to->of = std::move(got->facets);
  });
  ports_.ask(std::move(x));
}

std::vector<metric> running_executions::metrics() const {
  metric out{
      "workflow_running", "Executions that run", metric::kind::gauge, {}};
  auto definitions = ports_.definitions();
  std::lock_guard guard{counts_->mutex};
  for (auto& x : counts_->of) {
    auto found = definitions->find_workflow(x.value, std::nullopt);
    auto owner = found ? found->trail.owner_app : std::string();
    out.samples.push_back({{{"workflowName", x.value},
                            {"ownerApp", owner.empty() ? "unknown" : owner}},
                           double(x.count)});
  }
  return {std::move(out)};
}

} // namespace tutti
