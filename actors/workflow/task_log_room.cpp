#include "actors/workflow/task_log_room.hpp"

#include "messages/model/ids.hpp"
#include "storage/keys.hpp"

namespace tutti {

task_log_room::verdict task_log_room::take(const std::string& task_id,
                                           uint64_t lines, uint64_t bytes) {
  std::lock_guard guard{mutex_};
  auto found = known_.find(task_id);
  if (found == known_.end())
    return verdict::unknown;
  auto& has = found->second.has;
  if (has.lines + lines > most.lines || has.bytes + bytes > most.bytes)
    return verdict::full;
  has.lines += lines;
  has.bytes += bytes;
  return verdict::fits;
}

void task_log_room::learn(const std::string& task_id, figures x) {
  learn(task_id, x, {});
}

task_log_room::names
task_log_room::secrets_of(const std::string& task_id) const {
  std::lock_guard guard{mutex_};
  auto found = known_.find(task_id);
  return found == known_.end() ? names() : found->second.secrets;
}

void task_log_room::learn(const std::string& task_id, figures x,
                          names secrets) {
  std::lock_guard guard{mutex_};
  // Whoever goes on logging is read again.
  if (known_.size() >= tasks_max)
    known_.clear();
  auto& known = known_.try_emplace(task_id, task{x}).first->second;
  if (secrets)
    known.secrets = std::move(secrets);
}

std::pair<const bound*, failure>
task_log_room::refusal(const std::string& task_id, uint64_t lines,
                       uint64_t bytes) {
  figures has;
  {
    std::lock_guard guard{mutex_};
    if (auto found = known_.find(task_id); found != known_.end())
      has = found->second.has;
  }
  auto what = "the log of task " + task_id;
  if (has.lines + lines > most.lines)
    return {&bounds::log_lines,
            {errc::too_large, sentence_of(bounds::log_lines, has.lines + lines,
                                          most.lines, what)}};
  return {&bounds::log,
          {errc::too_large,
           sentence_of(bounds::log, has.bytes + bytes, most.bytes, what)}};
}

void task_log_room::learn_from(std::shared_ptr<task_log_room> to,
                               storage::readers& by, uint32_t shard,
                               std::string task_id) {
  auto work = [shard, task_id](const storage::store& from) {
    return read(from, shard, task_id);
  };
  storage::read<figures>(by, std::move(work),
                         [to, task_id](result<figures> got) {
                           if (got)
                             to->learn(task_id, *got);
                         });
}

void task_log_room::forget(std::string_view workflow_id) {
  auto prefix = workflow_id.substr(0, id_prefix_length);
  std::lock_guard guard{mutex_};
  std::erase_if(known_, [&](auto& x) { return x.first.starts_with(prefix); });
}

result<task_log_room::figures> task_log_room::read(const storage::store& from,
                                                   uint32_t shard,
                                                   const std::string& task_id) {
  figures out;
  auto prefix = storage::keys::logs_of(task_id);
  auto all = from.scan(shard, prefix, storage::keys::after(prefix),
                       [&](std::string_view, std::string_view line) {
                         ++out.lines;
                         out.bytes += line.size();
                         return true;
                       });
  if (!all)
    return std::move(all).failure();
  return out;
}

} // namespace tutti
