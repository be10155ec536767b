#pragma once

#include "tools/tutti/client.hpp"
#include "tools/tutti/testing/test_file.hpp"

#include <memory>

namespace tutti::cli {

/// Where scenarios are run.
class test_bench {
 public:
  virtual ~test_bench() = default;
  /// The report of one run: JSON as POST /api/tutti/workflow/test answers it.
  virtual result<nlohmann::json> run(const nlohmann::json& request) = 0;
};

/// In this process, with the definitions of the file, which has its workflow's.
/// Scripts need the program `tutti-evaluator` beside this one.
result<std::unique_ptr<test_bench>> local_bench(const test_file& with);

/// On a node, with the definitions that are registered there.
std::unique_ptr<test_bench> node_bench(client& api);

} // namespace tutti::cli
