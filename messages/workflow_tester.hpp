#pragma once

#include "messages/model/test_request.hpp"
#include "messages/requests.hpp"

namespace tutti {

/// A dry run (reference:dry-runs).
struct test_workflow {
  workflow_test_request request;
  /// The report with coverage and timeline instead of the execution alone.
  bool report = false;
  reply<answer> done; ///< JSON
};

/// Runs workflows in memory: touches no store, execution, queue or worker.
class workflow_tester {
 public:
  virtual ~workflow_tester() = default;
  /// Never blocks; the reply is called later, from any thread.
  virtual void test(test_workflow what) = 0;
};

} // namespace tutti
