#pragma once

#include <string>
#include <string_view>

namespace tutti::evaluator {

/// The filter as jq 1.6 reads it, when it is written for jq 1.7: values of
/// objects, `if`, `reduce` and `foreach` get parentheses, an `if` without
/// `else` gets one, `.a.[0]` becomes `.a[0]`. What cannot be read comes back as
/// it is.
std::string as_jq_16(std::string_view source);

} // namespace tutti::evaluator
