#pragma once

#include "messages/model/result.hpp"
#include "tools/tutti/definitions/kind.hpp"
#include "tools/tutti/testing/document.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace tutti::cli {

/// One definition as somebody wrote it.
struct definition {
  kind which = kind::workflow;
  nlohmann::json value;
  /// Where it came from; null: a server.
  std::shared_ptr<const document> in;
  std::string pointer; ///< within the document

  definition_name name() const; ///< with the version, if the kind has versions
  /// "file:line: " for messages; empty without a file.
  std::string place(const std::string& pointer_below = {}) const;
};

/// As a server would answer it: with all defaults, without what servers add
/// (times, who). Two definitions mean the same if these are equal.
result<nlohmann::json> canonical(const definition& x);

/// Without what a server adds.
nlohmann::json without_audit(nlohmann::json value);

/// "registerWorkflowDef.arg0[1].tasks[0].name" as "/tasks/0/name".
std::string pointer_of(std::string_view violation_path);

/// Properties that nobody knows, with a sentence for each.
std::vector<violation> unknown_fields(const definition& x);

/// What the rules of registration say, by this program alone.
std::vector<violation> broken_rules(const definition& x);

} // namespace tutti::cli
