#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/inputs/expression/scope.hpp"

namespace tutti::engine {

/// The value of `workflow.<field>`; nullopt for an unknown field.
std::optional<value_ref> head_field(const workflow& head,
                                    std::string_view field);

/// The names that expressions may use (reference:expressions#roots), read from
/// an execution.
class execution_variables final : public scope {
 public:
  /// `task_id` is the value of `${CPEWF_TASK_ID}`; empty: that stays text.
  execution_variables(const decision_builder& t, std::string_view task_id)
      : builder_(t), task_id_(task_id) {}

  std::optional<value_ref> field(std::string_view root,
                                 std::string_view field) const override;
  std::optional<value_ref> member(std::string_view root, std::string_view field,
                                  std::string_view name) const override;
  std::vector<std::string> roots() const override;
  std::optional<std::string> system_name(std::string_view name) const override;
  std::optional<std::string> environment(std::string_view name) const override;
  step_budget* steps() const override { return &builder_.spent().steps; }
  budget* spent() const override { return &builder_.spent(); }
  void value_read() const override { builder_.pause_when_long(); }

 private:
  const decision_builder& builder_;
  std::string_view task_id_;
};

} // namespace tutti::engine
