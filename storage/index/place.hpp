#pragma once

#include <compare>
#include <string_view>

namespace tutti::index {

/// The order of two places of one search (`hits::places`), which may be of two
/// indexes: by the keys of the search. Equivalent: they tie.
std::weak_ordering compare_places(std::string_view a, std::string_view b);

} // namespace tutti::index
