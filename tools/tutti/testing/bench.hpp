#pragma once

#include "tools/tutti/client.hpp"
#include "tools/tutti/testing/test_file.hpp"

#include <memory>

namespace tutti::cli {

/// Runs scenarios.
class test_bench {
 public:
  virtual ~test_bench() = default;
  /// Runs one scenario: the report, as POST /api/tutti/workflow/test answers
  /// it.
  virtual result<nlohmann::json> run(const nlohmann::json& request) = 0;
};

/// In this process, with the file's definitions, which must include its
/// workflow. Scripts need the program `tutti-evaluator` next to this one.
result<std::unique_ptr<test_bench>> local_bench(const test_file& with);

/// On a node, with its registered definitions.
std::unique_ptr<test_bench> node_bench(client& api);

} // namespace tutti::cli
