#pragma once

/// What a running store says to the database. Only what distributed engines of
/// the same protocol take as well: one table changed once per statement, no
/// advisory locks, sequences or notifications.
///
/// A group of commits is a few statements and one sync: a transaction. Its
/// first statement takes the shards of the group that are still ours and moves
/// their commit numbers on, which locks them until its end; the others join
/// with exactly these. So whoever is fenced writes no row.
namespace tutti::storage::postgres::statements {

struct prepared {
  const char* name;
  const char* sql;
};

/// $1 shards, $2 epochs, $3 commit numbers before, $4 after, $5 the rows'
/// shards, $6 their keys, $7 their values. Answers the shards that were taken.
inline constexpr prepared take{"take", R"(
with asked(shard, epoch, before, after) as (
  select * from unnest($1::int4[], $2::int8[], $3::int8[], $4::int8[])),
ours as (
  update tutti.shard s set commits = a.after from asked a
  where s.shard = a.shard and s.epoch <= a.epoch and s.commits = a.before
  returning s.shard),
kept as (
  insert into tutti.kv (shard, k, v)
  select u.shard, u.k, u.v
  from unnest($5::int4[], $6::bytea[], $7::bytea[]) u(shard, k, v)
  join ours o on o.shard = u.shard
  on conflict (shard, k) do update set v = excluded.v
  returning 1)
select shard from ours where (select count(*) from kept) >= 0)"};

/// $1 shards, $2 epochs, $3 commit numbers after `take`; $4 the rows' shards,
/// $5 their keys, $6 their values.
inline constexpr prepared put{"put", R"(
with ours as (
  select s.shard from tutti.shard s
  join unnest($1::int4[], $2::int8[], $3::int8[]) a(shard, epoch, after)
  on s.shard = a.shard and s.epoch <= a.epoch and s.commits = a.after)
insert into tutti.kv (shard, k, v)
select u.shard, u.k, u.v
from unnest($4::int4[], $5::bytea[], $6::bytea[]) u(shard, k, v)
join ours o on o.shard = u.shard
on conflict (shard, k) do update set v = excluded.v)"};

/// $1 to $3 as above; $4 the rows' shards, $5 their keys.
inline constexpr prepared erase{"erase", R"(
with ours as (
  select s.shard from tutti.shard s
  join unnest($1::int4[], $2::int8[], $3::int8[]) a(shard, epoch, after)
  on s.shard = a.shard and s.epoch <= a.epoch and s.commits = a.after)
delete from tutti.kv t
using ours o, unnest($4::int4[], $5::bytea[]) u(shard, k)
where u.shard = o.shard and t.shard = u.shard and t.k = u.k)"};

/// $1 to $3 for one shard, as single values; $4 the first key, $5 the first one
/// that stays, or empty.
inline constexpr prepared erase_range{"erase_range", R"(
delete from tutti.kv
where shard = $1::int4 and k >= $4::bytea and k < $5::bytea
and exists (select 1 from tutti.shard s where s.shard = $1::int4
            and s.epoch <= $2::int8 and s.commits = $3::int8))"};
inline constexpr prepared erase_rest{"erase_rest", R"(
delete from tutti.kv where shard = $1::int4 and k >= $4::bytea
and exists (select 1 from tutti.shard s where s.shard = $1::int4
            and s.epoch <= $2::int8 and s.commits = $3::int8))"};

/// $1 shards. Epoch, the commit number at which it began, the commit number
/// now, and the key of the newest row of the feed (keys.hpp, kind 'f').
inline constexpr prepared heads{"heads", R"(
select s.shard, s.epoch, s.base, s.commits,
  (select k from tutti.kv where kv.shard = s.shard
   and k >= '\x66'::bytea and k < '\x67'::bytea order by k desc limit 1)
from tutti.shard s where s.shard = any($1::int4[]))"};

/// $1 shard, $2 owner.
inline constexpr prepared acquire{"acquire", R"(
with taken as (
  update tutti.lease set epoch = epoch + 1, owner = $2::text, until = null
  where shard = $1::int4 returning shard, epoch)
update tutti.shard s set epoch = t.epoch, base = s.commits
from taken t where s.shard = t.shard returning s.epoch)"};

/// $1 shard, $2 key.
inline constexpr prepared get{
    "get", "select v from tutti.kv where shard = $1::int4 and k = $2::bytea"};

// A page: $1 shard, $2 rows and one more, $3 bytes; then the bounds, as far as
// there are some. Rows end before the first one that has no room; the last
// column says how many there were without the bound on bytes.
#define TUTTI_PAGE(bound, order)                                               \
  "select k, v, n from (select k, v,"                                          \
  " sum(octet_length(k) + octet_length(v)) over (order by k " order            \
  " rows between unbounded preceding and 1 preceding) as before,"              \
  " count(*) over () as n from (select k, v from tutti.kv"                     \
  " where shard = $1::int4 and k >= $4::bytea" bound " order by k " order      \
  " limit $2::int8) a) b where coalesce(before, 0) < $3::int8"                 \
  " order by k " order

inline constexpr prepared page_between{"page_between",
                                       TUTTI_PAGE(" and k < $5::bytea", "asc")};
inline constexpr prepared page_from{"page_from", TUTTI_PAGE("", "asc")};
inline constexpr prepared page_back_between{
    "page_back_between", TUTTI_PAGE(" and k < $5::bytea", "desc")};
inline constexpr prepared page_back_from{"page_back_from",
                                         TUTTI_PAGE("", "desc")};
#undef TUTTI_PAGE

inline constexpr prepared of_writers[]
    = {take, put, erase, erase_range, erase_rest, heads};
inline constexpr prepared of_readers[]
    = {heads,     acquire,           get,           page_between,
       page_from, page_back_between, page_back_from};

} // namespace tutti::storage::postgres::statements
