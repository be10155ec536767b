#include "actors/workflow/shard_context.hpp"

namespace tutti {

void shard_context::fail(const storage::outcome& how) {
  if (failing_.exchange(true))
    return;
  why_failed_ = storage::why_shard_failed(shard, how);
  failed = true;
  if (shard_failed)
    shard_failed(why_failed_);
}

} // namespace tutti
