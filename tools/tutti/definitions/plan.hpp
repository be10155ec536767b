#pragma once

#include "tools/tutti/definitions/registry.hpp"
#include "tools/tutti/rendering/view.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tutti::cli {

enum class verdict { fresh, changed, unchanged, refused, held_back };
std::string_view word_of(verdict x); ///< "new", "changed", ...

/// What will become, or became, of one definition.
struct planned {
  definition what;
  verdict is = verdict::unchanged;
  nlohmann::json changes = nlohmann::json::array(); ///< difference.hpp
  failure why = {};                                 ///< of a refusal
  std::vector<violation> unknown = {};              ///< fields
};

struct plan_options {
  bool strict = false; ///< refuse unknown fields
  bool check = true;   ///< ask the server's rules before anything is sent
};

/// Called with the number of those that are done.
using progress_callback = std::function<void(size_t)>;

/// Compares definitions with what a server has, in the order of kinds: what is
/// named by others comes before them. A server that does not answer
/// is a failure; what it would refuse is in the plan.
result<std::vector<planned>> make_plan(registry& target,
                                       std::vector<definition> wanted,
                                       const plan_options& how,
                                       const progress_callback& progress = {});

/// Sends what is new or changed. False from `proceed` ends it; the rest is held
/// back. Refusals of the server become verdicts.
result<done> carry_out(registry& target, std::vector<planned>& plan,
                       bool strict, const progress_callback& progress,
                       const std::function<bool()>& proceed);

/// Rows {kind, name, version, result, changes, reason, file}.
nlohmann::json rows_of(const std::vector<planned>& plan);
view plan_view();
/// "2 new, 1 changed, 40 unchanged".
std::string summary_of(const std::vector<planned>& plan);
/// A sentence for each field that nobody knows, with its place.
std::vector<std::string> warnings_of(const std::vector<planned>& plan);
/// done, invalid (or what the refusals agree on), partly.
int exit_code_of(const std::vector<planned>& plan);

} // namespace tutti::cli
