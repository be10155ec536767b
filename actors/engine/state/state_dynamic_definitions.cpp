#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/state/state.hpp"

namespace tutti::engine {

// A branch of a dynamic fork may be a container. Only the branch's row knows
// the tasks in it, and they may differ from one iteration of a loop to the
// next.

namespace dynamic_definitions_detail {

template <class Visit>
void visit_all(const workflow_task& task, Visit&& visit) {
  visit(task);
  for_each_list(task, [&](auto& list, auto&&) {
    for (auto& inner : list)
      visit_all(inner, visit);
  });
}

/// The suffix of the enclosing loop, or of the first pass: "__2__1" -> "__2",
/// "__3_2" -> "__3".
std::string_view outwards(std::string_view suffix) {
  auto cut = suffix.rfind('_');
  if (cut == suffix.npos)
    return {};
  bool pass = cut > 0 && suffix[cut - 1] != '_';
  return suffix.substr(0, pass ? cut : cut - 1);
}

} // namespace dynamic_definitions_detail

const task* state::fork_of(const task& row) const {
  auto it = dynamic_forks_.find(row.forked_by);
  return it == dynamic_forks_.end() ? nullptr : &rows_[it->second];
}

void state::add_dynamic_definition(const task& row) {
  using namespace dynamic_definitions_detail;
  if (row.forked_by == 0 || !holds_tasks(*row.definition))
    return;
  auto* fork = fork_of(row);
  auto* host = fork ? &definition_of(*fork) : compiled_.get();
  auto* location = fork ? host->location_of(base_of(*fork)) : nullptr;
  auto compiled = std::make_shared<const compiled_definition>(
      *row.definition, host->shared_from_this(),
      location ? location->task : nullptr);
  std::string suffix(suffix_of(row));
  visit_all(*row.definition, [&](auto& inner) {
    dynamic_definitions_[inner.reference_name + suffix] = compiled;
  });
}

void state::remove_dynamic_definition(const task& row) {
  if (row.forked_by == 0 || dynamic_definitions_.empty()
      || !rows_of(row.reference_name).empty())
    return;
  auto it = dynamic_definitions_.find(row.reference_name);
  if (it == dynamic_definitions_.end())
    return;
  auto gone = it->second;
  std::erase_if(dynamic_definitions_,
                [&](auto& x) { return x.second == gone; });
}

const compiled_definition& state::definition_at(std::string_view base,
                                                std::string_view suffix) const {
  // Loops inside the branch make the suffix longer than the branch's own.
  for (; !dynamic_definitions_.empty();
       suffix = dynamic_definitions_detail::outwards(suffix)) {
    auto it = dynamic_definitions_.find(std::string(base).append(suffix));
    if (it != dynamic_definitions_.end())
      return *it->second;
    if (suffix.empty())
      break;
  }
  return *compiled_;
}

const compiled_definition& state::definition_of(const task& row) const {
  if (dynamic_definitions_.empty())
    return *compiled_;
  // A branch that is a single task belongs to the definition of its fork.
  if (auto* fork = fork_of(row);
      fork && !dynamic_definitions_.contains(row.reference_name))
    return definition_of(*fork);
  return definition_at(base_of(row), suffix_of(row));
}

} // namespace tutti::engine
