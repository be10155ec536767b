#include "messages/model/suggestion.hpp"

#include <algorithm>
#include <numeric>

namespace tutti {

namespace suggestion_detail {

size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      auto replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

} // namespace suggestion_detail

std::string_view closest(std::string_view misspelt,
                         const std::vector<std::string>& candidates) {
  constexpr size_t length_max = 100;
  if (misspelt.size() > length_max)
    return {};
  std::string_view best;
  // Up to a third of the letters may be wrong, or whole words missing.
  auto bound = std::max<size_t>(2, misspelt.size() / 3);
  for (auto& x : candidates) {
    auto d = suggestion_detail::distance(misspelt, x);
    bool contained = misspelt.size() > 3 && x.find(misspelt) != x.npos;
    if (contained)
      d = std::min<size_t>(d, 2);
    if (d <= bound) {
      best = x;
      bound = d == 0 ? 0 : d - 1;
      if (d == 0)
        break;
    }
  }
  return best;
}

} // namespace tutti
