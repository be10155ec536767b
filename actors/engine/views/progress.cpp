#include "actors/engine/views/progress.hpp"

#include "actors/engine/inputs/members.hpp"
#include "actors/engine/task_traits.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace progress_detail {

// In a loop the iteration before has ended when the next begins.
bool has_ended(const task& row) {
  return is_terminal(row.status) && !row.retried;
}

bool is_reached(const state& x, const std::string& reference) {
  auto* exact = x.latest(reference);
  if (exact && has_ended(*exact))
    return true;
  auto* last = x.last_of(reference, has_ended);
  return last && has_ended(*last);
}

/// The child of an open row, once it is known that it exists; else empty.
std::string child_of(const task& row) {
  if (row.sub_workflow_id.empty() || row.output.is_empty_object())
    return {};
  return json_member_text(row.output.json(), "subWorkflowId");
}

} // namespace progress_detail

progress progress_of(const state& x, const std::vector<std::string>& references,
                     size_t children_max) {
  progress out;
  out.ended = is_terminal(x.head().status);
  for (auto& reference : references)
    out.reached = out.reached || progress_detail::is_reached(x, reference);
  if (out.ended)
    return out;
  auto& blocking = x.blocking();
  if (!blocking.empty())
    out.blocking = &x.rows()[*blocking.begin()];
  out.takes_signals = !x.waiting_for(awaited::signal).empty();
  size_t looked_at = 0;
  for (auto i : x.waiting_for(awaited::child)) {
    if (++looked_at > children_max)
      break;
    if (auto id = progress_detail::child_of(x.rows()[i]); !id.empty())
      out.children.push_back(std::move(id));
  }
  return out;
}

} // namespace tutti::engine
