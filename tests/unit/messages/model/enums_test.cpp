#include "messages/model/enums.hpp"

#include <doctest/doctest.h>

using namespace tutti;

namespace {

template <class Enum>
void reads_back(int count) {
  for (int i = 0; i < count; ++i)
    CHECK(from_text<Enum>(to_text(Enum(i))) == Enum(i));
  CHECK_FALSE(from_text<Enum>(""));
  CHECK_FALSE(from_text<Enum>("fixed"));
  CHECK_FALSE(from_text<Enum>("COMPLETED "));
}

} // namespace

TEST_CASE("every enumerator reads back from its name, and nothing else does") {
  reads_back<task_status>(9);
  reads_back<workflow_status>(6);
  reads_back<retry_logic>(3);
  reads_back<task_timeout_policy>(3);
  reads_back<workflow_timeout_policy>(2);
  reads_back<join_mode>(2);
  reads_back<rate_limit_policy>(2);
  reads_back<schema_type>(3);
  reads_back<idempotency_strategy>(3);
  reads_back<return_strategy>(4);
  reads_back<error_resolution>(3);
}

TEST_CASE("the names are Conductor's") {
  CHECK(to_text(task_status::completed_with_errors) == "COMPLETED_WITH_ERRORS");
  CHECK(to_text(task_status::failed_with_terminal_error)
        == "FAILED_WITH_TERMINAL_ERROR");
  CHECK(to_text(task_status::canceled) == "CANCELED");
  CHECK(to_text(workflow_status::terminated) == "TERMINATED");
  CHECK(to_text(workflow_status::paused) == "PAUSED");
  CHECK(to_text(task_timeout_policy::time_out_wf) == "TIME_OUT_WF");
  CHECK(to_text(retry_logic::exponential_backoff) == "EXPONENTIAL_BACKOFF");
}
