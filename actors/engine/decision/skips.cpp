#include "actors/engine/decision/skips.hpp"

#include "actors/engine/definition/compiled_definition.hpp"

namespace tutti::engine {

namespace skips_detail {

bool is_order(const task* row, const std::string& base) {
  return row && row->status == task_status::skipped && row->seq == 0
         && base_of(*row) == base;
}

} // namespace skips_detail

const task* skip_of(const state& execution, const std::string& base,
                    const position& at) {
  using namespace skips_detail;
  auto skipped = [](const task* row) {
    return row->status == task_status::skipped ? row : nullptr;
  };
  if (auto* there = execution.latest(reference_in(base, at)))
    return skipped(there);
  if (at.suffix.empty())
    return nullptr;
  if (auto* order = execution.latest(base); is_order(order, base))
    return order;
  // An order that was given in an earlier pass holds in the later ones.
  for (auto before = at; pass_of(before) > 1;) {
    before = with_pass(before, execution.pass_before(before));
    if (auto* there = execution.latest(reference_in(base, before)))
      return skipped(there);
  }
  return nullptr;
}

bool step_over(decision_builder& t, const std::string& base,
               const position& at) {
  auto reference = reference_in(base, at);
  auto* order = skip_of(t.execution(), base, at);
  if (!order)
    return true;
  if (order->reference_name == reference) {
    // An order of this pass: the flow has come to it.
    if (order->seq > 0 && !order->executed) {
      auto change = t.edit(t.execution().index_of(*order));
      change.executed = true;
      t.emit(std::move(change));
    }
    return true;
  }
  if (!t.has_room())
    return false;
  auto known = t.execution().definition_at(base, at.suffix).find(base);
  auto row = t.new_row({std::move(known), at, {}, {}, {}}, order->task_type);
  row.status = task_status::skipped;
  row.end_time = t.now();
  row.executed = true;
  row.input = order->input;
  row.output = order->output;
  t.add(std::move(row));
  return true;
}

} // namespace tutti::engine
