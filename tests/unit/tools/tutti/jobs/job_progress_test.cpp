#include "tools/tutti/jobs/job_progress.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace job_progress_test {

using namespace tutti::cli;
using nlohmann::json;

json job(const char* status, int done, int failed, int skipped) {
  return {{"status", status},
          {"total", 1'000},
          {"done", done},
          {"failed", failed},
          {"skipped", skipped},
          {"endTime", std::string_view(status) == "RUNNING" ? 0 : 5}};
}

TEST_CASE("the exit code of a job says whether some, all or none failed") {
  CHECK(job_exit_code(job("COMPLETED", 1'000, 0, 0)) == exit_done);
  CHECK(job_exit_code(job("COMPLETED", 990, 0, 10)) == exit_done);
  CHECK(job_exit_code(job("COMPLETED", 990, 10, 0)) == exit_partly);
  CHECK(job_exit_code(job("COMPLETED", 0, 1'000, 0)) == exit_failed);
  CHECK(job_exit_code(job("CANCELED", 10, 0, 0)) == exit_unsuccessful);
  CHECK(job_exit_code(job("FAILED", 0, 0, 0)) == exit_failed);
  CHECK(job_ended(job("COMPLETED", 1, 0, 0)));
  CHECK_FALSE(job_ended(job("RUNNING", 1, 0, 0)));
}

} // namespace job_progress_test
