#pragma once

#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

constexpr auto idempotency_key = header_of("X-Idempotency-key");
constexpr auto on_conflict
    = header_of("X-on-conflict", "FAIL|RETURN_EXISTING|FAIL_ON_RUNNING");

/// The idempotency key and strategy in the headers of the Orkes dialect; the
/// strategy is ignored without a key.
std::optional<failure> read_idempotency(const exchange& x,
                                        start_workflow_request& into);

/// The refusal of a priority that is none; `path` names it in violations.
std::optional<failure> check_priority(int32_t priority, std::string path);

} // namespace tutti::rest
