#include "actors/jobs/earlier_work.hpp"

#include "messages/model/ids.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <functional>

namespace tutti {

namespace earlier_work_detail {

namespace keys = storage::keys;

/// True when `wanted` accepts the cause of a revision since then.
result<bool> any_since(const storage::store& from, const std::string& id,
                       int64_t since,
                       const std::function<bool(const cause&)>& wanted) {
  std::optional<failure> broken;
  bool found = false;
  auto visit = [&](std::string_view, std::string_view record) {
    auto x = storage::read_told(record);
    if (!x) {
      broken = std::move(x).failure();
      return false;
    }
    if (x->at < since)
      return false;
    found = wanted(x->why);
    return !found;
  };
  auto prefix = keys::events_of(id);
  // Few at a time: most often the newest is the one.
  auto read = from.scan_backwards(shard_of(id, from.shards()), prefix,
                                  keys::after(prefix), visit, {8, 64 << 10});
  if (broken)
    return failure{errc::internal, "execution " + id + ": " + broken->message};
  if (!read)
    return std::move(read).failure();
  return found;
}

} // namespace earlier_work_detail

std::string client_of_job(std::string_view job_id) {
  return "job:" + std::string(job_id);
}

result<std::vector<bool>> earlier_work(const storage::store& from,
                                       const std::vector<std::string>& ids,
                                       std::string_view job_id, int64_t since,
                                       job_action::evidence proof) {
  std::vector<bool> out(ids.size(), false);
  if (proof != job_action::evidence::revision
      && proof != job_action::evidence::revival)
    return out;
  auto client = client_of_job(job_id);
  for (size_t i = 0; i < ids.size(); ++i) {
    auto found = earlier_work_detail::any_since(
        from, ids[i], since,
        [&](const cause& why) { return why.by == client; });
    if (!found)
      return std::move(found).failure();
    out[i] = *found;
  }
  return out;
}

result<bool> was_revived(const storage::store& from, const std::string& id,
                         int64_t since) {
  return earlier_work_detail::any_since(from, id, since, [](const cause& why) {
    return why.kind == cause_kind::child;
  });
}

} // namespace tutti
