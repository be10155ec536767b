#pragma once

#include "actors/engine/decision/scripts.hpp"

#include <string>
#include <vector>

namespace tutti::evaluators::test {

/// A script that means no good.
struct attack {
  std::string name;
  engine::script_language language;
  std::string source;
  std::string input = "{}";
  /// It must not come to a value; otherwise it may end as it likes.
  bool must_fail = true;
  /// The value it has to come to.
  std::string must_be = {};
};

const std::vector<attack>& attacks();

} // namespace tutti::evaluators::test
