#pragma once

#include "actors/engine/task_kind.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::engine {

/// Of every type that nobody else claims. The others are known to registry.cpp
/// alone.
const task_kind& worker_kind();

/// Adds the row of a system task that is born IN_PROGRESS, with its inputs,
/// over the inputTemplate of its task definition if it is a type that gets it.
decision_builder::row_index add_in_progress(decision_builder& t,
                                            const placement& where,
                                            std::string_view type,
                                            bool with_template = false);

/// Adds the row of a task that has chosen `branch`, completed, and the first
/// tasks of the branch, which then lead on in its place.
void add_choice(decision_builder& t, const placement& where, task row,
                nlohmann::json shown_input, nlohmann::json output,
                const std::vector<workflow_task>& branch);

/// An operator has skipped that task at that place.
bool is_skipped(const decision_builder& t, const workflow_task& task,
                const position& at);

/// The first tasks of a chosen branch are rows of the same step. A branch that
/// is skipped as a whole leads nowhere.
void schedule_branch(decision_builder& t,
                     const std::vector<workflow_task>& branch,
                     const position& at);

/// Upstream lets a workflow start whose join waits for a task that there is
/// not, and wait for ever.
void check_joined(const flow_check& c);

/// The JOIN that must follow a fork in its list; null: there is none.
const workflow_task* join_after(const decision_builder& t,
                                const workflow_task& fork);

/// A row that a dynamic fork made as a branch is to be made once more: with the
/// inputs that the fork gave to it.
void give_again(const decision_builder& t, const task& branch,
                placement& where);

/// Asks for the execution that the row starts, under an id chosen here.
void ask_for_start(decision_builder& t, decision_builder::row_index i,
                   start_other what);

/// Domain of a worker row by reference:workers#domains; empty: the default
/// queue.
std::string choose_domain(const decision_builder& t,
                          std::string_view task_type);

} // namespace tutti::engine
