#pragma once

#include "messages/model/query/expression.hpp"
#include "messages/model/result.hpp"

#include <string_view>

namespace tutti::query {

/// What one query may cost before it is run; `bounds::query_*`.
struct limits {
  size_t bytes_max = 16 << 10;
  size_t depth_max = 32;
  size_t terms_max = 500; ///< conditions, values and words
};

struct rules {
  query::limits limits = {};
  /// As Conductor groups: `a AND b OR c` is `a AND (b OR c)`.
  bool groups_from_the_right = false;
};

/// reference:search#grammar. errc::invalid with a sentence that names the
/// column; errc::too_large beyond the limits. Blank text is everything.
result<expression> parse(std::string_view text, const rules& by = {});

/// reference:search#free-text. Blank text and `*` are everything.
result<expression> parse_free_text(std::string_view text, const rules& by = {});

/// `'text'`, with escapes: for queries that are put together.
std::string quoted(std::string_view text);

} // namespace tutti::query
