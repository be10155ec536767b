#include "actors/engine/dry_run/timeline.hpp"

#include "messages/model/json_writer.hpp"

namespace tutti::engine::dry_run {

void timeline::note(int64_t now, const state& execution, const decision& d) {
  auto& head = execution.head();
  auto base = [&] {
    moment out;
    out.at = now;
    out.workflow_id = head.workflow_id;
    out.workflow = head.definition->name;
    return out;
  };
  for (auto& e : d.events) {
    auto x = base();
    if (std::holds_alternative<workflow_created>(e)) {
      x.what = to_text(workflow_status::running);
    } else if (auto* head_change = event_as<workflow_changed>(e)) {
      if (!head_change->status)
        continue;
      x.what = to_text(*head_change->status);
      x.reason = head_change->reason.value_or("");
    } else if (auto* added = std::get_if<task_added>(&e)) {
      x.task = added->row->reference_name;
      x.task_id = added->row->task_id;
      x.what = to_text(added->row->status);
    } else if (auto* change = event_as<task_changed>(e)) {
      if (!change->status)
        continue;
      auto* row = execution.find(change->task_id);
      x.task = row ? row->reference_name : std::string();
      x.task_id = change->task_id;
      x.what = to_text(*change->status);
      if (!is_successful(*change->status))
        x.reason = change->reason.value_or("");
    } else {
      continue;
    }
    add(std::move(x));
  }
}

void timeline::add(moment x) {
  if (moments_.size() < moments_max_)
    moments_.push_back(std::move(x));
  else
    cut_ = true;
}

void write(std::string& out, const timeline& x, int64_t began_at) {
  out += '[';
  for (auto& moment : x.moments()) {
    if (out.back() != '[')
      out += ',';
    json_object_writer json(out);
    json.number("afterMs", moment.at - began_at);
    json.number("time", moment.at);
    json.text("workflowId", moment.workflow_id);
    json.text("workflowName", moment.workflow);
    json.text_if("referenceTaskName", moment.task);
    json.text_if("taskId", moment.task_id);
    json.text("status", moment.what);
    json.text_if("reason", moment.reason);
    json.close();
  }
  out += ']';
}

} // namespace tutti::engine::dry_run
