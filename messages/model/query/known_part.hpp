#pragma once

#include "messages/model/query/expression.hpp"
#include "messages/model/query/filter.hpp"

#include <string>
#include <vector>

namespace tutti::query {

/// As Conductor: conditions on fields that nobody knows are dropped, each with
/// a warning, and with them a NOT or a list that held nothing else. What is
/// left may be everything.
expression known_part(expression x, subject of,
                      std::vector<std::string>& warnings);

} // namespace tutti::query
