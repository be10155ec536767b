#include "storage/postgres/schema.hpp"

namespace tutti::storage::postgres {

namespace schema_detail {

// Large values go aside uncompressed: they are rewritten whole, and rarely
// read. Room in the pages of `kv` keeps changed rows on their page.
constexpr const char* tables = R"(
create table tutti.meta (name text primary key, value int8 not null);
create table tutti.lease (
  shard int4 primary key,
  epoch int8 not null,
  owner text not null,
  until timestamptz);
create table tutti.shard (
  shard int4 primary key,
  epoch int8 not null,
  base int8 not null,
  commits int8 not null);
create table tutti.kv (
  shard int4 not null,
  k bytea not null,
  v bytea not null,
  primary key (shard, k));
)";

/// Servers that are no PostgreSQL may lack them; the store works without.
constexpr const char* storage_options[]
    = {"alter table tutti.kv alter column v set storage external",
       "alter table tutti.kv set (fillfactor = 70,"
       " autovacuum_vacuum_scale_factor = 0.02,"
       " autovacuum_vacuum_insert_scale_factor = 0.1,"
       " autovacuum_analyze_scale_factor = 0.05)",
       "alter table tutti.shard set (fillfactor = 20)",
       "alter table tutti.lease set (fillfactor = 50)"};

std::string fill(const store_facts& x) {
  auto number = [](uint32_t n) { return std::to_string(n); };
  auto shards = "generate_series(" + number(x.first_shard) + ", "
                + number(x.first_shard + x.shard_count - 1) + ") n";
  return "insert into tutti.lease select n, 0, '', null from " + shards
         + "; insert into tutti.shard select n, 0, 0, 0 from " + shards
         + "; insert into tutti.meta values ('version', " + number(x.version)
         + "), ('shards', " + number(x.shards) + "), ('first_shard', "
         + number(x.first_shard) + "), ('shard_count', " + number(x.shard_count)
         + ")";
}

/// Somebody else makes the same at the same time, or has.
bool is_there(const answer& x) {
  auto code = x.state();
  return code == "42P06" || code == "42P07" || code == "23505";
}

bool is_missing(const answer& x) {
  auto code = x.state();
  return code == "42P01" || code == "3F000";
}

failure refused(const connection& in, const answer& x) {
  auto out = in.failure_of(x);
  if (x.state() == "42501") // rights
    out = {errc::invalid,
           out.message
               + "; the user must own the schema 'tutti', or may create "
                 "it in the database"};
  return out;
}

result<done> run(connection& in, const std::string& sql) {
  auto x = in.run(sql);
  if (x.good())
    return done{};
  return refused(in, x);
}

result<done> make(connection& in, const store_facts& wanted, bool& lost_race) {
  auto schema = in.run("select 1 from information_schema.schemata"
                       " where schema_name = 'tutti'");
  if (!schema.good())
    return in.failure_of(schema);
  auto step = [&](const std::string& sql) -> result<done> {
    auto x = in.run(sql);
    if (x.good())
      return done{};
    lost_race = is_there(x);
    return refused(in, x);
  };
  if (schema.rows() == 0)
    if (auto x = step("create schema tutti"); !x)
      return x;
  if (auto x = step(tables); !x)
    return x;
  return step(fill(wanted));
}

} // namespace schema_detail

std::span<const migration> migrations() {
  // Version 1 is the first.
  return {};
}

result<store_facts> read_facts(connection& in) {
  using namespace schema_detail;
  auto rows = in.run("select name, value from tutti.meta", {});
  if (is_missing(rows))
    return failure{errc::not_found,
                   "the database " + in.name()
                       + " holds no store of Tutti: make it with 'tutti store "
                         "init', or copy one into it with 'tutti store copy'"};
  if (!rows.good())
    return refused(in, rows);
  store_facts out;
  for (int i = 0; i < rows.rows(); ++i) {
    auto name = rows.bytes(i, 0);
    auto value = uint32_t(rows.number(i, 1));
    if (name == "version")
      out.version = value;
    else if (name == "shards")
      out.shards = value;
    else if (name == "first_shard")
      out.first_shard = value;
    else if (name == "shard_count")
      out.shard_count = value;
  }
  return out;
}

result<done> check_facts(const connection& in, const store_facts& found,
                         const store_facts& wanted) {
  auto refuse = [&](const std::string& why) {
    return failure{errc::invalid,
                   "the store in the database " + in.name() + ' ' + why};
  };
  auto number = [](uint32_t x) { return std::to_string(x); };
  if (found.version < wanted.version)
    return refuse("has the format of version " + number(found.version)
                  + ", and this is version " + number(wanted.version)
                  + ": stop all nodes, then run 'tutti store upgrade'");
  if (found.version > wanted.version)
    return refuse("was made by a newer version of Tutti: its format is version "
                  + number(found.version) + ", and this one knows version "
                  + number(wanted.version));
  if (found.shards != wanted.shards)
    return refuse("was made with " + number(found.shards)
                  + " shards and is asked for with " + number(wanted.shards)
                  + "; the number is fixed when a store is made");
  if (found.first_shard != wanted.first_shard
      || found.shard_count != wanted.shard_count)
    return refuse("holds " + number(found.shard_count) + " shards from "
                  + number(found.first_shard) + " on and is asked for "
                  + number(wanted.shard_count) + " from "
                  + number(wanted.first_shard) + " on");
  return done{};
}

result<bool> initialize(connection& in, const store_facts& wanted) {
  using namespace schema_detail;
  if (wanted.shards == 0 || wanted.shards > shards_max)
    return failure{errc::invalid,
                   "a store has 1 to " + std::to_string(shards_max)
                       + " shards, not " + std::to_string(wanted.shards)};
  auto there = read_facts(in);
  if (!there && there.failure().code != errc::not_found)
    return std::move(there).failure();
  bool made = false, lost_race = false;
  if (!there) {
    if (auto x = run(in, "begin"); !x)
      return std::move(x).failure();
    auto x = make(in, wanted, lost_race);
    if (x)
      x = run(in, "commit");
    else
      (void)in.run("rollback");
    if (!x && !lost_race)
      return std::move(x).failure();
    made = bool(x);
    there = read_facts(in);
    if (!there)
      return std::move(there).failure();
  }
  if (auto x = check_facts(in, *there, wanted); !x)
    return std::move(x).failure();
  if (made)
    for (auto* option : storage_options)
      (void)in.run(option);
  return made;
}

result<uint32_t> upgrade(connection& in, std::span<const migration> steps,
                         uint32_t version) {
  using namespace schema_detail;
  if (auto there = read_facts(in); !there)
    return std::move(there).failure();
  auto all = [&]() -> result<uint32_t> {
    // Whoever is second waits here, and then finds nothing to do.
    auto row = in.run("select value from tutti.meta where name = 'version'"
                      " for update",
                      {});
    if (!row.good() || row.rows() != 1)
      return refused(in, row);
    auto found = uint32_t(row.number(0, 0));
    if (found > version)
      return failure{errc::invalid,
                     "the store in the database " + in.name()
                         + " was made by a newer version of Tutti: its format "
                           "is version "
                         + std::to_string(found)};
    for (auto now = found; now < version; ++now) {
      const char* sql = nullptr;
      for (auto& x : steps)
        if (x.from == now)
          sql = x.sql;
      if (!sql)
        return failure{errc::invalid, "nothing is known of version "
                                          + std::to_string(now)
                                          + " of the store's format"};
      if (auto x = run(in, sql); !x)
        return std::move(x).failure();
    }
    auto moved
        = run(in, "update tutti.meta set value = " + std::to_string(version)
                      + " where name = 'version'");
    if (!moved)
      return std::move(moved).failure();
    return found;
  };
  if (auto x = run(in, "begin"); !x)
    return std::move(x).failure();
  auto out = all();
  auto end = run(in, out ? "commit" : "rollback");
  if (out && !end)
    return std::move(end).failure();
  return out;
}

} // namespace tutti::storage::postgres
