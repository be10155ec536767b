#pragma once

#include "actors/jobs/jobs_context.hpp"

namespace tutti {

/// Answers how many executions the order would concern, how many of those it
/// would change, and some of their ids (reference:jobs#preview).
void preview(const find_executions& find, const job_settings& by,
             const envelope<preview_job>& x);

/// errc::invalid when the query is empty and nobody said that all are meant, or
/// there is no such action.
std::optional<failure> check_order(const job_order& x, const job_settings& by);

} // namespace tutti
