#pragma once

#include "actors/schedules/active_schedule.hpp"
#include "messages/requests/schedules.hpp"

#include <string>
#include <vector>

namespace tutti {

/// A schedule as clients read it: its definition, the next instants, what it
/// did.
std::string render(const active_schedule& x, int64_t now);

bool fits(const list_schedules& ask, const active_schedule& x);
bool fits(const search_firings& ask, const firing& x);

/// What a list is sorted by: texts whose order is that of the field.
std::string sort_key(std::string_view field, const active_schedule& x);
std::string sort_key(std::string_view field, const firing& x);

/// Of those the first `most` in the order asked for.
void sort_and_cut(std::vector<sorted_document>& items, bool descending,
                  size_t most);

} // namespace tutti
