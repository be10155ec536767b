#pragma once

#include "api/rest/routes/routes.hpp"

namespace tutti::rest {

/// Validates a list of definitions as one argument: an empty list is broken
/// itself, and one broken definition refuses all of them.
template <class Definition, class Validate>
std::optional<failure>
check_definitions(const std::vector<Definition>& list, const std::string& path,
                  const route_settings& settings, Validate validate_one) {
  std::vector<violation> found;
  if (list.empty())
    found.push_back({path, "the list of definitions is empty", std::nullopt});
  else if (list.size() > settings.definitions_max)
    found.push_back({path,
                     "the list has more than "
                         + std::to_string(settings.definitions_max)
                         + " definitions",
                     std::nullopt});
  else
    for (size_t i = 0; i < list.size(); ++i)
      for (auto& x :
           validate_one(list[i], path + "[" + std::to_string(i) + "]"))
        found.push_back(std::move(x));
  if (found.empty())
    return std::nullopt;
  return invalid_request(std::move(found));
}

} // namespace tutti::rest
