#pragma once

#include "actors/scripts/script_pool.hpp"
#include "messages/requests.hpp"

#include <optional>

namespace tutti {

engine::script_language language_of(const script_to_check& x);

/// The violation, if the result of the syntax check is one.
std::optional<violation> broken_script(const script_to_check& script,
                                       const engine::script_result& looked);

/// Checks the syntax of all these scripts in parallel and answers the
/// violations in their order. From any thread.
void check(const script_pool_pointer& pool, envelope<check_scripts> x);

} // namespace tutti
