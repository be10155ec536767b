#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/commands/operations.hpp"
#include "actors/engine/inputs/members.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

// reference:operators#state

namespace tutti::engine {

namespace update_state_detail {

using nlohmann::json;

/// The variables with the given ones over them; nothing if none are given.
std::optional<payload> merged_variables(const decision_builder& t,
                                        const json& arguments) {
  auto* given = json_member(arguments, "variables");
  if (!given || !given->is_object() || given->empty())
    return std::nullopt;
  auto all = t.head().variables.json();
  if (!all.is_object())
    all = json::object();
  for (auto& [key, value] : given->items())
    all[key] = value;
  return payload(std::move(all));
}

class update_state final : public operation_kind {
 public:
  // Both parts or neither.
  void handle(decision_builder& t, const payload& arguments) const override {
    auto& given = arguments.json();
    if (is_terminal(t.head().status))
      return t.refuse(errc::conflict, "Workflow " + t.head().workflow_id
                                          + " has ended: its state cannot be "
                                            "updated");
    auto variables = merged_variables(t, given);
    if (auto why = t.too_large(variables, bounds::variables))
      return t.refuse(errc::too_large, std::move(*why));
    auto reference = json_member_text(given, "taskReferenceName");
    auto* result = json_member(given, "taskResult");
    auto row = reference.empty() || !result ? state::row_index(state::no_row)
                                            : open_row_of(t, reference);
    std::optional<task_result> update;
    if (!reference.empty() && result) {
      if (row == state::no_row)
        return t.refuse(errc::not_found, "workflow " + t.head().workflow_id
                                             + " has no pending task '"
                                             + reference + "'");
      auto read = read_task_result(to_text(*result));
      if (!read)
        return t.refuse(read.failure().code, read.failure().message);
      if (!read->status)
        return t.refuse(errc::invalid, "taskResult has no status");
      read->task_id = t.row(row).task_id;
      read->output = merged_output(t.row(row), read->output);
      if (auto why = t.too_large(read->output, bounds::task_output))
        return t.refuse(errc::too_large, std::move(*why));
      update = std::move(*read);
    }
    if (variables) {
      workflow_changed change;
      change.variables = std::move(variables);
      change.update_time = t.now();
      t.emit(std::move(change));
    }
    if (!update)
      return t.run();
    t.out().task_id = update->task_id;
    apply_result(t, row, *update);
  }

  cause why(const command::operation&) const override {
    return {cause_kind::client, "state"};
  }
};

} // namespace update_state_detail

const operation_kind& update_state_operation() {
  static const update_state_detail::update_state kind;
  return kind;
}

} // namespace tutti::engine
