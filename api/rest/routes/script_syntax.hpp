#pragma once

#include "api/rest/routes/route_table.hpp"
#include "messages/model/definitions.hpp"

#include <functional>

namespace tutti::rest {

/// The scripts of a definition whose syntax is looked at before it is taken
/// (reference:workflow-definition#rules). `path` is that of the definition.
void collect_scripts(std::vector<script_to_check>& out, const workflow_def& def,
                     const std::string& path);

/// Refuses the request with everything that is broken, what was found already
/// and what is wrong with the scripts; or goes on. Without scripts that is
/// now, else on whichever thread has the answer.
void when_valid(const route_context& context, exchange_pointer x,
                std::vector<violation> found,
                std::vector<script_to_check> scripts,
                std::function<void(exchange_pointer)> go_on);

} // namespace tutti::rest
