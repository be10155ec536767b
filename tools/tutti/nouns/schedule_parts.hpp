#pragma once

#include "tools/tutti/session.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tutti::cli {

// What the verbs of `tutti schedule` share.

/// "/api/scheduler/schedules/NAME", or of a verb below it.
std::string schedule_path(const std::string& name, std::string_view verb = {},
                          const query_parameters& query = {});
view schedules_view();
view firings_view();
/// For completion.
name_source schedule_names(session& s);
/// What `check_moment` has let pass, as epoch ms.
int64_t moment_of(const std::string& text);

void add_schedule_create(CLI::App& noun, session& s);
/// Pause, resume and delete: of one, several or all.
void add_schedule_control(CLI::App& noun, session& s);

} // namespace tutti::cli
