#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tutti::cli {

/// What differs at one place: discarded values were not there.
struct difference {
  std::string path; ///< "tasks[ship].inputParameters.n"
  nlohmann::json from = nlohmann::json::value_t::discarded;
  nlohmann::json to = nlohmann::json::value_t::discarded;
};

/// Field by field, in the order of the members. Tasks are matched by their
/// references, other lists by position.
std::vector<difference> differences(const nlohmann::json& from,
                                    const nlohmann::json& to);

/// {"path", "from", "to"}, each side only if it is there.
nlohmann::json as_json(const std::vector<difference>& x);
/// A line for people: "path: a -> b", "+ path: b", "- path: a".
std::string line_of(const nlohmann::json& change);

} // namespace tutti::cli
