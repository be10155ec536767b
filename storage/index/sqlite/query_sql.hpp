#pragma once

#include "storage/index/index_store.hpp"
#include "storage/index/sqlite/filter_sql.hpp"

#include <string>

namespace tutti::index {

bound_sql count_sql(const search& what, const text_hits& texts);
/// Rows: workflow id, task id ('' for executions), the sort keys, number.
bound_sql page_sql(const search& what, const text_hits& texts,
                   int64_t generation);
/// Rows: value, count.
bound_sql facet_sql(const search& what, const text_hits& texts,
                    query::field of);

/// The place behind a row of `page_sql`, for the next page.
std::string cursor_after(const statement& row, const search& what,
                         int64_t generation);
/// errc::invalid: it is none, or of another search or index.
std::optional<failure> check_cursor(const search& what, int64_t generation);

} // namespace tutti::index
