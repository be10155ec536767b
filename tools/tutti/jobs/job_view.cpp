#include "tools/tutti/jobs/job_view.hpp"

namespace tutti::cli {

view job_view() {
  view out{{text_column("JOB", "jobId"), status_column("STATUS", "status"),
            text_column("ACTION", "action"), number_column("TOTAL", "total"),
            number_column("DONE", "done"), number_column("FAILED", "failed"),
            number_column("SKIPPED", "skipped"), number_column("LEFT", "left"),
            time_column("CREATED", "createTime"),
            wide(time_column("ENDED", "endTime")),
            wide(number_column("RATE", "ratePerSecond")),
            wide(text_column("BY", "createdBy")),
            wide(text_column("QUERY", "query")),
            wide(text_column("WHY", "reason"))},
           "jobId"};
  out.none = "there are no jobs";
  return out;
}

} // namespace tutti::cli
