#pragma once

#include "messages/model/bounds.hpp"

namespace tutti::bounds {

inline constexpr bound query_bytes{"index.query_bytes_max", "the query",
                                   "bytes", "Ask in several queries."};
inline constexpr bound query_depth{"index.query_depth_max", "the query",
                                   "levels of parentheses",
                                   "Write the query with fewer parentheses."};
inline constexpr bound query_terms{
    "index.query_terms_max", "the query", "conditions, values and words",
    "Ask in several queries, or for a range instead of a list."};

inline constexpr const bound* of_queries[]
    = {&query_bytes, &query_depth, &query_terms};

} // namespace tutti::bounds
