#pragma once

#include "actors/engine/decider.hpp"

#include <cstdint>

namespace tutti::engine {

// The bytes that things take when they are stored: a little more than their
// records. Sums of known sizes, so that weighing costs no serialization.

/// Without the definition, which is usually part of the workflow's.
uint64_t weight_of(const task& row);
/// Of a definition that is stored with its row.
uint64_t weight_of(const workflow_task& definition);
uint64_t weight_of(const workflow_def& definition);
/// Without the definition and the inbox.
uint64_t weight_of(const workflow& head);
uint64_t weight_of(const workflow_message& x);
/// A row's without its definition.
uint64_t weight_of(const event& e);
uint64_t weight_of(const effect& e);
uint64_t weight_of(const workflow_changed& e);
uint64_t weight_of(const task_changed& e);
uint64_t weight_of(const tasks_removed& e);
uint64_t weight_of(const inbox_changed& e);
uint64_t weight_of(const workflow_created& e);

/// By how much a row grows when the change is applied.
int64_t growth_of(const task& row, const task_changed& e);

} // namespace tutti::engine
