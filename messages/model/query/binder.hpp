#pragma once

#include "messages/model/query/expression.hpp"
#include "messages/model/query/filter.hpp"
#include "messages/model/query/parser.hpp"
#include "messages/model/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tutti::query {

struct binding {
  query::subject subject = query::subject::workflows;
  int64_t now = 0; ///< for times like -1h
  /// As Conductor: a field that nobody knows sorts nothing, and `foo:1` in free
  /// text matches nothing; both leave a warning. Otherwise they are refused.
  /// What becomes of a query's conditions: `known_part`.
  bool lenient = false;
};

/// Checks names and values. errc::invalid with a sentence that names the
/// column.
result<filter> bind(const expression& x, const binding& how,
                    std::vector<std::string>& warnings);

/// "startTime:DESC|workflowId:ASC", also with commas. A key without direction
/// ascends.
result<std::vector<sort_key>> parse_sort(std::string_view text,
                                         const binding& how,
                                         std::vector<std::string>& warnings);

/// A field whose values may be counted.
result<field> parse_facet(std::string_view name, subject of);

filter both(filter a, filter b);

} // namespace tutti::query
