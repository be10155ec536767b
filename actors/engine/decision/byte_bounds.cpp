#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/decision/weights.hpp"
#include "messages/model/memory/json_weight.hpp"

#include <algorithm>
#include <utility>

// What an execution may hold and what a decision may write
// (messages/model/bounds.hpp): whatever changes a row passes here, so that no
// task type needs a check of its own. What is too large is left out before it
// is written, and its task fails for good.

namespace tutti::engine {

namespace byte_bounds_detail {

/// A reason joins the reasons of other tasks; nobody reads one this long.
constexpr size_t reason_bytes_max = 64 << 10;

/// What canceling an open row writes at most.
constexpr uint64_t cancel_bytes = 500;
/// A row without payloads is smaller.
constexpr uint64_t small_bytes = 4 << 10;

void cut(std::string& reason) {
  if (reason.size() <= reason_bytes_max)
    return;
  auto end = reason_bytes_max;
  while ((static_cast<unsigned char>(reason[end]) & 0xc0) == 0x80)
    --end;
  reason.resize(end);
  reason += "...";
}

size_t size_of(const payload& x) { return x.text().size(); }

} // namespace byte_bounds_detail

using namespace byte_bounds_detail;

uint64_t decision_builder::room_in_commit() const {
  // The rest is for the end of the execution: its output, the answer to its
  // parent, the start of its failure workflow, and what is open is canceled.
  auto most = context_.bounds.commit_bytes_max / 4 * 3;
  auto taken = bytes_ + execution_.open_rows() * cancel_bytes;
  return most > taken ? most - taken : 0;
}

uint64_t decision_builder::limit_of(const bound& which) const {
  auto& rules = context_.bounds;
  if (&which == &bounds::workflow_output)
    return rules.workflow_output_bytes_max;
  if (&which == &bounds::workflow_input)
    return rules.workflow_input_bytes_max;
  if (&which == &bounds::task_output)
    return rules.task_output_bytes_max;
  if (&which == &bounds::variables)
    return rules.variables_bytes_max;
  return rules.task_input_bytes_max;
}

void decision_builder::begin_text(const bound& which) const {
  budget_.text = {which, limit_of(which)};
}

std::optional<std::string>
decision_builder::too_large(const std::optional<payload>& given,
                            const bound& which) {
  auto size = given ? size_of(*given) : 0;
  auto most = limit_of(which);
  return size > most ? std::optional(at_bound(which, size, most))
                     : std::nullopt;
}

void decision_builder::tell(effect what) {
  bytes_ += weight_of(what);
  out_.effects.push_back(std::move(what));
}

std::string decision_builder::at_bound(const bound& which, uint64_t value,
                                       uint64_t limit, std::string_view what) {
  out_.reached.push_back(&which);
  return sentence_of(which, value, limit, what);
}

std::optional<std::string> decision_builder::too_much(uint64_t weight) {
  auto& rules = context_.bounds;
  auto sum = [&](const bound& which, uint64_t has,
                 uint64_t limit) -> std::optional<std::string> {
    if (has + weight <= limit)
      return std::nullopt;
    auto why = at_bound(which, has + weight, limit);
    // No other task can go on.
    end({workflow_status::failed, why, {}, {}});
    return why;
  };
  if (auto why
      = sum(bounds::execution, execution_.bytes(), rules.execution_bytes_max))
    return why;
  if (auto why = sum(bounds::history, execution_.history_bytes(),
                     rules.history_bytes_max))
    return why;
  auto room = room_in_commit();
  if (weight <= room)
    return std::nullopt;
  auto why = at_bound(bounds::commit, bytes_ + weight,
                      rules.commit_bytes_max / 4 * 3);
  // Not even rows that failed have room.
  if (room < small_bytes)
    end({workflow_status::failed, why, {}, {}});
  return why;
}

/// Why the row may not have these payloads.
std::optional<std::string>
decision_builder::payload_misfit(const payload* input, const payload* output,
                                 const std::string& reference) {
  auto& rules = context_.bounds;
  auto look = [&](const payload* x, const bound& which,
                  const char* what) -> std::optional<std::string> {
    auto size = x ? size_of(*x) : 0;
    auto limit = limit_of(which);
    auto name = [&] { return what + (" of task '" + reference + "'"); };
    if (size > limit)
      return at_bound(which, size, limit, name());
    large_payloads_ += size > rules.task_payload_bytes_warning;
    if (size <= 2 * rules.json_depth_max) // cannot be deeper
      return std::nullopt;
    auto weight = weigh_json(x->text());
    if (weight.depth > rules.json_depth_max)
      return at_bound(bounds::depth, weight.depth, rules.json_depth_max,
                      name());
    if (weight.tree > rules.document_bytes_max)
      return at_bound(bounds::document, weight.tree, rules.document_bytes_max,
                      name() + ", once it is read,");
    return std::nullopt;
  };
  if (auto why = look(input, bounds::task_input, "the input"))
    return why;
  return look(output, bounds::task_output, "the output");
}

void decision_builder::hold_to_bounds(task_added& e) {
  auto& row = *e.row;
  std::optional<std::string> why;
  if (auto misfit = std::exchange(input_misfit_, std::nullopt))
    why = at_bound(*misfit->which(), misfit->used(), misfit->limit(),
                   "the input of task '" + row.reference_name + "'");
  if (!why)
    why = payload_misfit(&row.input, &row.output, row.reference_name);
  if (!why)
    why = too_much(weight_of(row));
  if (!why)
    return;
  auto& changed = e.row.edit();
  changed.input = changed.output = payload();
  changed.reason = std::move(*why);
  changed.executed = false;
  changed.queued_at = changed.due_at = 0;
  if (changed.status == task_status::skipped)
    return;
  changed.status = task_status::failed_with_terminal_error;
  changed.start_time = changed.end_time = now();
}

void decision_builder::hold_to_bounds(copy_on_write<task_changed>& e) {
  if (e->reason && e->reason->size() > reason_bytes_max)
    cut(*e.edit().reason);
  if (!e->input && !e->output)
    return;
  auto* found = execution_.find(e->task_id);
  if (!found)
    return;
  auto& row = *found;
  // What is ending anyway may say so.
  bool ends = ended() || is_terminal(head().status);
  auto why
      = payload_misfit(e->input ? &*e->input : nullptr,
                       e->output ? &*e->output : nullptr, row.reference_name);
  if (!why && !ends && growth_of(row, *e) > 0)
    why = too_much(weight_of(*e));
  if (!why)
    return;
  auto& change = e.edit();
  if (change.input)
    change.input = payload();
  if (change.output)
    change.output = payload();
  if (is_terminal(head().status) || (is_terminal(row.status) && !change.status))
    return;
  if (!change.queued_at)
    dequeue(execution_.index_of(row), change);
  change.status = task_status::failed_with_terminal_error;
  change.reason = std::move(*why);
  change.end_time = now();
  if (row.due_at != 0 || change.due_at)
    change.due_at = 0;
}

void decision_builder::hold_to_bounds(event& e) {
  if (auto* added = std::get_if<task_added>(&e))
    return hold_to_bounds(*added);
  if (auto* change = std::get_if<copy_on_write<task_changed>>(&e))
    return hold_to_bounds(*change);
  if (auto* change = std::get_if<copy_on_write<workflow_changed>>(&e))
    if ((*change)->reason && (*change)->reason->size() > reason_bytes_max)
      cut(*change->edit().reason);
}

} // namespace tutti::engine
