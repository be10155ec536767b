#pragma once

#include "storage/index/index_store.hpp"
#include "storage/index/sqlite/filter_sql.hpp"

#include <optional>

namespace tutti::index {

// Totals and counts by group from the table of tallies, for filters over type,
// status and begin alone: it has a row per day, type and status instead of one
// per execution. Only days in which a time of the filter lies are counted row
// by row. nullopt: the filter, or the group, is about something else.

std::optional<bound_sql> tally_count_sql(const search& what,
                                         const text_hits& texts);
std::optional<bound_sql>
tally_facet_sql(const search& what, const text_hits& texts, query::field of);

} // namespace tutti::index
