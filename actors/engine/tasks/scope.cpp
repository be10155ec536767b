#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/loops/loops.hpp"
#include "actors/engine/scope/scope_progress.hpp"
#include "actors/engine/scope/scopes.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace scope_detail {

/// A body of tasks whose failures are caught (reference:scope).
class scope final : public task_kind {
 public:
  void schedule(decision_builder& t, const placement& where) const override {
    if (!ends_without_body(t, *where.task))
      begin_scope(t, add_in_progress(t, where, "SCOPE"));
  }

  // Rerun from the scope: what was inside is gone.
  void reopen(decision_builder& t,
              decision_builder::row_index i) const override {
    begin_scope(t, i);
  }

  void cancel(decision_builder& t,
              decision_builder::row_index i) const override {
    cancel_scope(t, i);
  }

  // Where the scope stands is written there.
  payload updated_output(const task& row, payload given) const override {
    auto& before = row.output.json(); // as it is stored
    auto out
        = given.json().is_object() ? given.json() : nlohmann::json::object();
    for (auto* key : scope_progress::own)
      if (auto it = before.find(key); it != before.end())
        out[key] = *it;
      else
        out.erase(key);
    return payload(std::move(out));
  }

  bool is_built_in() const override { return true; }
};

} // namespace scope_detail

const task_kind& scope_kind() {
  static const scope_detail::scope kind;
  return kind;
}

} // namespace tutti::engine
