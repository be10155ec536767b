#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// The candidate that was probably meant; empty when none is close.
std::string_view closest(std::string_view misspelt,
                         const std::vector<std::string>& candidates);

} // namespace tutti
