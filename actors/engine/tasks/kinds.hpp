#pragma once

#include "actors/engine/task_kind.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tutti::engine {

/// The kind of every type that is not registered. registry.cpp knows the
/// others.
const task_kind& worker_kind();

/// Adds the row of a system task that is created IN_PROGRESS, with its input,
/// and with the inputTemplate of its task definition for the types that get it.
decision_builder::row_index add_in_progress(decision_builder& t,
                                            const placement& where,
                                            std::string_view type,
                                            bool with_template = false);

/// Adds the completed row of a task that has chosen `branch`, and the first
/// tasks of the branch, which continues in its place.
void add_choice(decision_builder& t, const placement& where, task row,
                nlohmann::json shown_input, nlohmann::json output,
                const std::vector<workflow_task>& branch);

/// An operator has skipped that task at that position.
bool is_skipped(const decision_builder& t, const workflow_task& task,
                const position& at);

/// Adds the first tasks of a chosen branch in the same step. A branch whose
/// tasks are all skipped leads nowhere.
void schedule_branch(decision_builder& t,
                     const std::vector<workflow_task>& branch,
                     const position& at);

/// Upstream starts workflows whose JOIN names a task that does not exist, and
/// they wait for ever.
void check_joined(const flow_check& c);

/// The JOIN that must follow a fork in its list; null: there is none.
const workflow_task* join_after(const decision_builder& t,
                                const workflow_task& fork);

/// Registration refuses a fork whose every run would fail for want of a JOIN.
void check_join_after(const flow_check& c);

/// Recreates the input of a dynamic branch's row, from what its fork passed to
/// it.
void give_again(const decision_builder& t, const task& branch,
                placement& where);

/// Requests the start of the execution for this row, under an id chosen here.
void ask_for_start(decision_builder& t, decision_builder::row_index i,
                   start_other what);

/// The domain of a worker's row by reference:workers#domains; empty: the
/// default queue.
std::string choose_domain(const decision_builder& t,
                          std::string_view task_type);

} // namespace tutti::engine
