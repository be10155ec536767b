#pragma once

#include "actors/support/memory_budget.hpp"

#include <chrono>
#include <string>

namespace tutti {

/// What this process may use: of the machine's memory, the limits of its
/// control groups (version 2 and 1) and of its resources the least.
size_t memory_limit();

/// The least limit of the control groups in `membership`, the text of
/// /proc/self/cgroup, below `mounted`; SIZE_MAX: none.
size_t cgroup_limit(const std::string& membership, const std::string& mounted);

/// SIZE_MAX: none.
size_t address_space_limit();

memory_budget::usage memory_usage();

/// How long the allocator keeps freed memory for later. With little memory: not
/// at all, which costs CPU.
void keep_unused_memory(std::chrono::milliseconds time);
/// What it does by itself.
constexpr std::chrono::milliseconds usual_keeping{10'000};

/// Gives memory that the allocator keeps for later back to the system.
void release_unused_memory();

} // namespace tutti
