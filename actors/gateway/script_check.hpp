#pragma once

#include "actors/scripts/script_pool.hpp"
#include "messages/requests.hpp"

#include <optional>

namespace tutti {

engine::script_language language_of(const script_to_check& x);

/// What is wrong with a script, by what a look at its syntax came to.
std::optional<violation> broken_script(const script_to_check& script,
                                       const engine::script_result& looked);

/// Has the syntax of all these scripts checked, side by side, and answers what
/// is wrong with them in their order. From any thread.
void check(const script_pool_pointer& pool, envelope<check_scripts> x);

} // namespace tutti
