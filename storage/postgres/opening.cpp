#include "storage/postgres/opening.hpp"

#include "storage/postgres/statements.hpp"

#include <condition_variable>
#include <mutex>
#include <numeric>

namespace tutti::storage::postgres {

namespace opening_detail {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// Between two attempts.
constexpr std::chrono::milliseconds pause_min = 50ms, pause_max = 2'000ms;

/// A statement that a store needs, and no row fits.
constexpr const char* rights[]
    = {"select 1 from tutti.kv where false",
       "insert into tutti.kv select 0, ''::bytea, ''::bytea where false",
       "update tutti.kv set v = v where false",
       "delete from tutti.kv where false",
       "update tutti.shard set commits = commits where false",
       "update tutti.lease set epoch = epoch where false"};

result<done> check_rights(connection& in) {
  for (auto* sql : rights) {
    auto x = in.run(sql);
    if (x.state() == "42501")
      return failure{errc::invalid,
                     "the store in the database " + in.name()
                         + " cannot be used: " + x.why()
                         + "; its user needs select, insert, update and delete "
                           "on all tables of the schema 'tutti'"};
    if (!x.good())
      return in.failure_of(x);
  }
  return done{};
}

/// The server decides when a commit is durable.
std::vector<std::string> notes_on(connection& in) {
  std::vector<std::string> out;
  for (auto* name : {"synchronous_commit", "fsync", "full_page_writes"}) {
    auto x
        = in.run("select current_setting('" + std::string(name) + "', true)");
    if (x.good() && x.rows() == 1 && x.bytes(0, 0) == "off")
      out.push_back("'" + std::string(name) + "' is off in the database "
                    + in.name()
                    + ": what was acknowledged may be lost when it crashes");
  }
  return out;
}

result<opened_database> try_to_open(const std::string& url,
                                    const connect_options& how,
                                    const store_facts& wanted) {
  auto in = connection::open(url, how);
  if (!in)
    return std::move(in).failure();
  auto facts = read_facts(*in);
  if (!facts)
    return std::move(facts).failure();
  if (auto x = check_facts(*in, *facts, wanted); !x)
    return std::move(x).failure();
  if (auto x = check_rights(*in); !x)
    return std::move(x).failure();
  auto& sql = statements::heads;
  if (auto x = in->prepare(sql.name, sql.sql); !x.good())
    return in->failure_of(x);
  std::vector<uint32_t> shards(wanted.shard_count);
  std::iota(shards.begin(), shards.end(), wanted.first_shard);
  auto heads = read_heads(*in, shards);
  if (!heads)
    return std::move(heads).failure();
  opened_database out;
  for (auto& [shard, head] : *heads)
    out.heads.push_back(head);
  out.notes = notes_on(*in);
  return out;
}

} // namespace opening_detail

result<opened_database> open_database(const std::string& url,
                                      const connect_options& how,
                                      const store_facts& wanted,
                                      std::chrono::milliseconds patience) {
  using namespace opening_detail;
  auto until = steady::now() + patience;
  auto pause = pause_min;
  std::mutex mutex;
  std::condition_variable never;
  for (bool first = true;; first = false) {
    auto out = try_to_open(url, how, wanted);
    bool away = !out && out.failure().code == errc::unavailable;
    if (!away || steady::now() + pause > until)
      return out;
    if (first && how.told)
      how.told(out.failure().message + "; waiting for it");
    std::unique_lock lock{mutex};
    never.wait_for(lock, pause, [] { return false; });
    pause = std::min(2 * pause, pause_max);
  }
}

} // namespace tutti::storage::postgres
