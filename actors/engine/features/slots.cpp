#include "actors/engine/features/slots.hpp"

#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/inputs/execution_variables.hpp"
#include "actors/engine/inputs/expression/input_template.hpp"
#include "actors/engine/task_kind.hpp"
#include "messages/model/saturating.hpp"

#include <algorithm>

namespace tutti {

std::string slot_group_id(std::string_view name, std::string_view key) {
  uint64_t hash = 14695981039346656037ull;
  auto add = [&](std::string_view text) {
    for (unsigned char c : text)
      hash = (hash ^ c) * 1099511628211ull;
    hash = (hash ^ 0x100) * 1099511628211ull; // keeps ab+c and a+bc apart
  };
  add(name);
  add(key);
  std::string out = "slots-";
  for (int shift = 60; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[(hash >> shift) & 15];
  return out;
}

namespace engine {

namespace slots_detail {

/// The names that a rateLimitKey may use: the workflow's, which has no tasks
/// yet.
class head_scope final : public scope {
 public:
  head_scope(const workflow& head, const engine::environment& env)
      : head_(head), env_(env) {}

  std::optional<value_ref> field(std::string_view root,
                                 std::string_view field) const override {
    return root == "workflow" ? head_field(head_, field) : std::nullopt;
  }
  std::optional<std::string> system_name(std::string_view name) const override {
    return env_.system_name(name);
  }
  std::optional<std::string> environment(std::string_view name) const override {
    return env_.variable(name);
  }

 private:
  const workflow& head_;
  const engine::environment& env_;
};

void send(decision_builder& t, slot_request::verb what, int32_t generation) {
  auto& head = t.head();
  auto* limit = limit_of(head);
  slot_request out;
  out.what = what;
  out.name = head.definition->name;
  out.key = head.rate_limit_key;
  out.workflow_id = head.workflow_id;
  out.generation = generation;
  out.limit = limit ? limit->concurrent_exec_limit : 1;
  auto to = slot_group_id(out.name, out.key);
  t.send({std::move(to), {}, std::move(out)});
}

/// A worker's row that was created while the execution waited for a slot.
bool was_held_back(const task& row) {
  return row.status == task_status::scheduled && row.queued_at == 0
         && waits_in_queue(traits_of(row));
}

} // namespace slots_detail

const rate_limit_config* limit_of(const workflow& head) {
  auto& limit = head.definition->rate_limit;
  return limit && limit->concurrent_exec_limit > 0 ? &*limit : nullptr;
}

std::string rate_limit_key(const workflow& head, const environment& env) {
  return substitute_text(head.definition->rate_limit->key,
                         slots_detail::head_scope(head, env));
}

void hold_slot(workflow& head, std::string key) {
  head.slot = slot_state::held;
  head.slot_generation = 1;
  head.rate_limit_key = std::move(key);
}

failure no_slot(const workflow& head, const std::string& key) {
  auto& limit = *head.definition->rate_limit;
  return {errc::too_many,
          "workflow '" + head.definition->name
              + "': " + std::to_string(limit.concurrent_exec_limit)
              + " executions with the rateLimitKey '" + key
              + "' run already, and its rateLimitConfig rejects more"};
}

void ask_for_slot(decision_builder& t) {
  auto& head = t.head();
  if (!limit_of(head) || head.slot != slot_state::none)
    return;
  workflow_changed change;
  change.slot = slot_state::waiting;
  change.slot_generation = head.slot_generation + 1;
  change.rate_limit_key = rate_limit_key(head, t.context().env);
  t.emit(std::move(change));
  slots_detail::send(t, slot_request::verb::ask, head.slot_generation);
}

void give_back_slot(decision_builder& t) {
  if (t.head().slot == slot_state::none)
    return;
  workflow_changed change;
  change.slot = slot_state::none;
  t.emit(std::move(change));
  slots_detail::send(t, slot_request::verb::give_back,
                     t.head().slot_generation);
}

void release_held_tasks(decision_builder& t) {
  auto& rows = t.execution().rows();
  bool begun = std::any_of(rows.begin(), rows.end(),
                           [](auto& row) { return row.seq > 0; });
  if (!begun)
    return schedule_first(t);
  for (decision_builder::row_index i = 0; i < rows.size(); ++i)
    if (slots_detail::was_held_back(rows[i]))
      t.enqueue(i, instant_after(rows[i].update_time,
                                 ms_of_seconds(rows[i].callback_after_seconds))
                       - t.now());
  check_deadlines(t);
}

// The limiter may tell twice, or too late: an unwanted slot is returned.
void handle(decision_builder& t, const command::slot_granted& c) {
  auto& head = t.head();
  bool this_generation = c.generation == head.slot_generation;
  if (this_generation && head.slot == slot_state::held)
    return t.idle();
  if (!this_generation || head.slot != slot_state::waiting)
    return slots_detail::send(t, slot_request::verb::give_back, c.generation);
  workflow_changed change;
  change.slot = slot_state::held;
  change.update_time = t.now();
  t.emit(std::move(change));
  if (head.status == workflow_status::running)
    release_held_tasks(t);
  t.run();
}

cause cause_of(const command::slot_granted&) {
  return {cause_kind::node, "rate limit"};
}

} // namespace engine

} // namespace tutti
