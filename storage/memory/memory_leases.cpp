#include "storage/memory/memory_leases.hpp"

#include "storage/store.hpp"

namespace tutti::storage {

result<std::optional<uint64_t>>
memory_leases::acquire(uint32_t shard, std::string_view owner, duration time) {
  std::lock_guard guard{mutex_};
  if (auto no = check_shard(shard, uint32_t(all_.size())))
    return *no;
  auto& x = all_[shard];
  if (!x.owner.empty() && x.owner != owner && x.until > now_)
    return std::optional<uint64_t>();
  auto epoch = acquired_(shard, owner);
  if (!epoch)
    return std::move(epoch).failure();
  x = {std::string(owner), *epoch, now_ + time};
  return std::optional(*epoch);
}

std::vector<uint32_t> memory_leases::end_at(std::string_view owner,
                                            std::span<const held> all,
                                            duration until) {
  std::vector<uint32_t> out;
  for (auto& one : all) {
    if (one.shard >= all_.size())
      continue;
    auto& x = all_[one.shard];
    if (x.owner != owner || x.epoch != one.epoch)
      continue;
    x.until = until;
    out.push_back(one.shard);
  }
  return out;
}

result<std::vector<uint32_t>> memory_leases::renew(std::string_view owner,
                                                   std::span<const held> all,
                                                   duration time) {
  std::lock_guard guard{mutex_};
  return end_at(owner, all, now_ + time);
}

result<std::vector<uint32_t>>
memory_leases::release(std::string_view owner, std::span<const held> all) {
  std::lock_guard guard{mutex_};
  auto out = end_at(owner, all, now_);
  for (auto shard : out)
    all_[shard].owner.clear();
  return out;
}

result<std::vector<leases::lease>> memory_leases::list() {
  std::lock_guard guard{mutex_};
  std::vector<lease> out;
  for (auto& x : all_)
    out.push_back({uint32_t(out.size()), x.epoch, x.owner, x.until - now_});
  return out;
}

void memory_leases::advance(duration by) {
  std::lock_guard guard{mutex_};
  now_ += by;
}

} // namespace tutti::storage
