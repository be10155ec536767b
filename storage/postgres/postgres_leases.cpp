#include "storage/postgres/postgres_leases.hpp"

#include "storage/postgres/statements.hpp"

namespace tutti::storage {

namespace postgres_leases_detail {

using postgres::statements::prepared;

// The row of the lease is locked before that of the shard, here and in
// `statements::acquire`. `now()` is the begin of the statement's transaction:
// who had to wait gets less time, never more.

/// $1 shard, $2 owner, $3 milliseconds.
constexpr prepared lease_acquire{"lease_acquire", R"(
with taken as (
  update tutti.lease set epoch = epoch + 1, owner = $2::text,
    until = now() + $3::int8 * interval '1 millisecond'
  where shard = $1::int4
  and (until is null or until <= now() or owner = $2::text)
  returning shard, epoch)
update tutti.shard s set epoch = t.epoch, base = s.commits
from taken t where s.shard = t.shard returning s.epoch)"};

/// $1 owner, $2 shards, $3 epochs, $4 milliseconds.
constexpr prepared lease_renew{"lease_renew", R"(
update tutti.lease l set until = now() + $4::int8 * interval '1 millisecond'
from unnest($2::int4[], $3::int8[]) u(shard, epoch)
where l.shard = u.shard and l.epoch = u.epoch and l.owner = $1::text
returning l.shard)"};

/// $1 owner, $2 shards, $3 epochs.
constexpr prepared lease_release{"lease_release", R"(
update tutti.lease l set until = now(), owner = ''
from unnest($2::int4[], $3::int8[]) u(shard, epoch)
where l.shard = u.shard and l.epoch = u.epoch and l.owner = $1::text
returning l.shard)"};

constexpr prepared lease_list{"lease_list", R"(
select shard, epoch, owner,
  (extract(epoch from until - now()) * 1000)::int8 from tutti.lease
order by shard)"};

constexpr prepared all[]
    = {lease_acquire, lease_renew, lease_release, lease_list};

/// One renews, one acquires or lists.
constexpr size_t connections = 2;

postgres::parameters of(std::string_view owner,
                        std::span<const leases::held> which) {
  std::vector<uint32_t> shards;
  std::vector<uint64_t> epochs;
  for (auto& x : which) {
    shards.push_back(x.shard);
    epochs.push_back(x.epoch);
  }
  postgres::parameters out;
  out.text(owner).integers(shards).numbers(epochs);
  return out;
}

result<std::vector<uint32_t>> shards_in(result<postgres::answer> rows) {
  if (!rows)
    return std::move(rows).failure();
  std::vector<uint32_t> out;
  for (int i = 0; i < rows->rows(); ++i)
    out.push_back(rows->integer(i, 0));
  return out;
}

} // namespace postgres_leases_detail

using namespace postgres_leases_detail;

postgres_leases::postgres_leases(const std::string& url,
                                 duration statement_timeout)
    : pool_(url, {statement_timeout, {}}, connections, all) {}

result<std::optional<uint64_t>> postgres_leases::acquire(uint32_t shard,
                                                         std::string_view owner,
                                                         duration time) {
  postgres::parameters with;
  with.integer(static_cast<int32_t>(shard)).text(owner);
  with.number(static_cast<uint64_t>(time.count()));
  auto rows = pool_.run(lease_acquire.name, with);
  if (!rows)
    return std::move(rows).failure();
  if (rows->rows() == 0)
    return std::optional<uint64_t>();
  return std::optional(rows->number(0, 0));
}

result<std::vector<uint32_t>> postgres_leases::renew(std::string_view owner,
                                                     std::span<const held> all,
                                                     duration time) {
  auto with = of(owner, all);
  with.number(static_cast<uint64_t>(time.count()));
  return shards_in(pool_.run(lease_renew.name, with));
}

result<std::vector<uint32_t>>
postgres_leases::release(std::string_view owner, std::span<const held> all) {
  return shards_in(pool_.run(lease_release.name, of(owner, all)));
}

result<std::vector<leases::lease>> postgres_leases::list() {
  auto rows = pool_.run(lease_list.name, {});
  if (!rows)
    return std::move(rows).failure();
  std::vector<lease> out;
  for (int i = 0; i < rows->rows(); ++i) {
    lease x;
    x.shard = rows->integer(i, 0);
    x.epoch = rows->number(i, 1);
    x.owner = rows->bytes(i, 2);
    x.has_end = !rows->is_null(i, 3);
    if (x.has_end)
      x.left = duration(static_cast<int64_t>(rows->number(i, 3)));
    out.push_back(std::move(x));
  }
  return out;
}

} // namespace tutti::storage
