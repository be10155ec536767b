#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace tutti {

/// One part of a node: did it answer within a second?
struct health_part {
  std::string name;
  /// Why it is not well; empty: it is.
  std::string error = {};

  bool healthy() const { return error.empty(); }
};

struct health_report {
  std::vector<health_part> parts;
  /// What an operator should know although everything works.
  std::vector<std::string> notes = {};

  bool healthy() const {
    return std::ranges::all_of(parts, &health_part::healthy);
  }
};

/// Asks all parts of a node; answers on any thread, within little more than a
/// second.
using health_check
    = std::function<void(std::function<void(const health_report&)>)>;

} // namespace tutti
