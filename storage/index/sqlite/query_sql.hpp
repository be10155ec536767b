#pragma once

#include "storage/index/index_store.hpp"
#include "storage/index/sqlite/sqlite.hpp"

#include <string>
#include <vector>

namespace tutti::index {

/// SQL with a parameter for each value. Nothing that a user wrote is in the
/// text: it is put together from the words of this file alone.
struct bound_sql {
  std::string text;
  std::vector<query::value> values;

  statement prepare(const database& in) const;
};

bound_sql count_sql(const search& what);
/// Rows: workflow id, task id ('' for executions), the sort keys, number.
bound_sql page_sql(const search& what, int64_t generation);
/// Rows: value, count.
bound_sql facet_sql(const search& what, query::field of);

/// The place behind a row of `page_sql`, for the next page.
std::string cursor_after(const statement& row, const search& what,
                         int64_t generation);
/// errc::invalid: it is none, or of another search or index.
std::optional<failure> check_cursor(const search& what, int64_t generation);

} // namespace tutti::index
