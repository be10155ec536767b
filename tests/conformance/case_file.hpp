#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace tutti::conformance {

using json = nlohmann::json;

/// One conformance case, as written in cases/*.json (README.md there says
/// how to read them).
struct test_case {
  int number = 0;
  std::string title;
  std::string section; ///< "A. Linear flow, data, updates"
  std::string file;
  std::string note;    ///< how the data differs from the words of the case
  std::string partial; ///< what the data leaves out; such a case is not counted
  std::string not_with_restarts; ///< what a restart rightly forgets
  std::string not_pure; ///< what the engine alone cannot show; --pure leaves
                        ///< such a case out and lists it
  std::string per_node; ///< what each node of a cluster does by itself;
                        ///< --over-nodes leaves such a case out and lists it
  std::string later;    ///< what has to be there first; nothing else is given
  json tasks;           ///< task definitions by short name
  json workflows;       ///< workflow definitions by short name
  json steps;
};

/// All cases of a folder in the order of their numbers. Throws with a sentence
/// when a file does not say what a case file must say.
std::vector<test_case> load_cases(const std::filesystem::path& folder);

/// A task definition with the conventions of the cases as defaults.
json full_task_definition(const std::string& name, const json& given);

/// A workflow definition with its shorthands written out: `"t1"` is a SIMPLE
/// task with that reference name and the worker name `t1%`.
json full_workflow_definition(const std::string& name, const json& given);

/// The SIMPLE tasks of a written-out definition, in any container.
void collect_workers(const json& definition, std::vector<std::string>& names);

} // namespace tutti::conformance
