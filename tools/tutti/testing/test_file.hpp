#pragma once

#include "tools/tutti/testing/document.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tutti::cli {

/// Expectations about the rows of one reference.
struct task_expectation {
  std::string reference;
  std::optional<std::string> status; ///< of the last row
  std::optional<size_t> count;       ///< rows: attempts and iterations
  std::optional<nlohmann::json> input, output; ///< of the last row
  std::optional<std::string> reason;           ///< contained in it
};

struct expectation {
  std::optional<std::string> status;
  std::optional<std::string> reason; ///< contained in it
  std::optional<nlohmann::json> output, variables;
  std::vector<task_expectation> tasks;
  std::vector<std::string> order; ///< first rows, in the order of scheduling
  std::optional<std::vector<std::string>> waiting_for;
  std::optional<double> coverage; ///< percent, at least
};

struct scenario {
  std::string name;
  nlohmann::json request; ///< body of POST /workflow/test
  expectation expected;
};

/// The file of `tutti workflow test FILE`: a definition, and scenarios with
/// expectations.
struct test_file {
  std::string file;
  std::string workflow; ///< name
  /// The definition is in the file, or in one that it names.
  bool has_definition = false;
  /// Further definitions, with the files they come from.
  std::vector<nlohmann::json> workflows, tasks;
  std::vector<scenario> scenarios;
  std::optional<double> coverage; ///< of all scenarios together

  /// Failures begin with "file:line: ". File names are relative to this file.
  static result<test_file> read(const std::string& file);
  static result<test_file> from(const document& what);
};

} // namespace tutti::cli
