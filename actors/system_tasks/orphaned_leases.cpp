#include "actors/system_tasks/orphaned_leases.hpp"

#include "storage/keys.hpp"
#include "storage/records.hpp"

namespace tutti {

namespace orphaned_leases_detail {

std::string any_start_of(const std::string& owner) {
  return "tutti:" + owner + ":";
}

} // namespace orphaned_leases_detail

std::string system_worker_id(const std::string& owner, uint64_t epoch) {
  return orphaned_leases_detail::any_start_of(owner) + std::to_string(epoch);
}

result<size_t> give_up_orphaned_leases(const storage::store& store,
                                       const actor_directory& to,
                                       const std::string& owner,
                                       uint64_t epoch) {
  auto ours = orphaned_leases_detail::any_start_of(owner);
  auto now = system_worker_id(owner, epoch);
  auto from = storage::keys::all_leases(), end = storage::keys::after(from);
  size_t out = 0;
  for (uint32_t shard = 0; shard < store.shards(); ++shard) {
    auto visit = [&](std::string_view key, std::string_view record) {
      auto lease = storage::read_lease(key, record);
      if (!lease || !lease->worker_id.starts_with(ours)
          || lease->worker_id == now)
        return true;
      envelope<call_workflow> call;
      call.request.workflow_id = lease->workflow_id;
      call.request.what
          = command::worker_lost{lease->task_id, lease->worker_id};
      to.tell(shard, std::move(call));
      ++out;
      return true;
    };
    if (auto all = store.scan(shard, from, end, visit); !all)
      return std::move(all).failure();
  }
  return out;
}

} // namespace tutti
