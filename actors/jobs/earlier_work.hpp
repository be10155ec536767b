#pragma once

#include "actors/jobs/job_action.hpp"
#include "storage/store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// The name under which a job's commands stand in the history (`cause::by`).
std::string client_of_job(std::string_view job_id);

/// For each execution, whether the job has changed it since `since`: its
/// newest revisions are read, back to that time. All false for proofs that are
/// no revisions. For threads that may wait.
result<std::vector<bool>> earlier_work(const storage::store& from,
                                       const std::vector<std::string>& ids,
                                       std::string_view job_id, int64_t since,
                                       job_action::evidence proof);

/// The same for one execution whose descendant the job may have revived: it has
/// a revision that a child caused since then.
result<bool> was_revived(const storage::store& from, const std::string& id,
                         int64_t since);

} // namespace tutti
