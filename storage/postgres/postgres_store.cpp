#include "storage/postgres/postgres_store.hpp"

#include "messages/model/deciding_thread.hpp"
#include "storage/feed_listeners.hpp"
#include "storage/postgres/opening.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/write_lane.hpp"

#include <algorithm>
#include <future>
#include <latch>

namespace tutti::storage {

namespace postgres_store_detail {

using namespace postgres;

constexpr std::chrono::minutes measure_pause{1};

/// A database as a running store uses it.
struct place {
  uint32_t first_shard = 0, shards = 0;
  std::unique_ptr<connection_pool> readers;
  /// Each with a range of shards.
  std::vector<std::unique_ptr<write_lane>> lanes;
  std::vector<std::string> notes;

  write_lane& lane_of(uint32_t shard) const {
    return *lanes[size_t(shard - first_shard) * lanes.size() / shards];
  }
};

/// The first shard of a lane.
uint32_t lane_begin(const place& in, size_t lane, size_t lanes) {
  return in.first_shard
         + static_cast<uint32_t>((lane * in.shards + lanes - 1) / lanes);
}

} // namespace postgres_store_detail

struct postgres_store::impl {
  explicit impl(const settings& how)
      : how(how), waiting(how.waiting_bytes_max) {}

  postgres_store_detail::place* place_of(uint32_t shard) {
    for (auto& x : places)
      if (shard - x.first_shard < x.shards)
        return &x;
    return nullptr;
  }

  void start(postgres_store_detail::place& in, const std::string& url,
             const std::vector<postgres::shard_head>& heads,
             const postgres::connect_options& connect) {
    using namespace postgres_store_detail;
    auto lanes = std::min<size_t>(how.write_connections, in.shards);
    for (size_t i = 0; i < lanes; ++i) {
      write_lane::settings with;
      with.url = url;
      with.connect = connect;
      with.first_shard = lane_begin(in, i, lanes);
      with.group_bytes = how.group_bytes_max;
      with.commit_bytes_max = how.commit_bytes_max;
      with.told = how.told;
      with.counts = how.counts;
      auto begin = heads.begin() + (with.first_shard - in.first_shard);
      auto end
          = heads.begin() + (lane_begin(in, i + 1, lanes) - in.first_shard);
      in.lanes.push_back(std::make_unique<write_lane>(
          std::move(with), std::vector<shard_head>(begin, end), waiting,
          listeners));
    }
  }

  void measure() const {
    uint64_t sum = 0;
    for (auto& x : places) {
      auto rows = x.readers->run(
          [](postgres::connection& by) {
            return by.run("select pg_total_relation_size('tutti.kv')", {});
          },
          true);
      if (rows && rows->rows() == 1)
        sum += rows->number(0, 0);
    }
    bytes = sum;
  }

  /// Of those who read, one measures now and then.
  void count_read() const {
    ++reads;
    auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    auto due = measure_at.load();
    auto next = std::chrono::steady_clock::duration(
        postgres_store_detail::measure_pause);
    if (now >= due
        && measure_at.compare_exchange_strong(due, now + next.count()))
      measure();
  }

  const settings how;
  uint32_t shards = 0;
  postgres::byte_budget waiting;
  feed_listeners listeners;
  mutable std::atomic<uint64_t> reads{0}, bytes{0};
  mutable std::atomic<std::chrono::steady_clock::rep> measure_at{0};
  std::vector<postgres_store_detail::place> places; ///< last: has threads
};

postgres_store::postgres_store(std::unique_ptr<impl> state)
    : impl_(std::move(state)) {}

postgres_store::~postgres_store() = default;

result<std::unique_ptr<postgres_store>>
postgres_store::open(const settings& how) {
  using namespace postgres_store_detail;
  auto state = std::make_unique<impl>(how);
  for (auto& x : how.databases) {
    if (x.first_shard != state->shards || x.shards == 0)
      return failure{errc::invalid, "the databases of a store have all shards, "
                                    "each once and in order"};
    state->shards += x.shards;
  }
  connect_options connect{how.statement_timeout, how.told};
  for (auto& x : how.databases) {
    store_facts wanted{schema_version, state->shards, x.first_shard, x.shards};
    auto opened = open_database(x.url, connect, wanted, how.open_wait);
    if (!opened)
      return std::move(opened).failure();
    place in;
    in.first_shard = x.first_shard;
    in.shards = x.shards;
    in.notes = std::move(opened->notes);
    in.readers = std::make_unique<connection_pool>(
        x.url, connect, std::max<size_t>(how.read_connections, 1),
        statements::of_readers);
    state->places.push_back(std::move(in));
    state->start(state->places.back(), x.url, opened->heads, connect);
  }
  return std::unique_ptr<postgres_store>{new postgres_store{std::move(state)}};
}

uint32_t postgres_store::shards() const { return impl_->shards; }

size_t postgres_store::commit_bytes_max() const {
  return impl_->how.commit_bytes_max;
}

result<uint64_t> postgres_store::acquire(uint32_t shard,
                                         std::string_view owner) {
  if (auto no = check_shard(shard, impl_->shards))
    return *no;
  auto& in = *impl_->place_of(shard);
  postgres::parameters with;
  with.integer(static_cast<int32_t>(shard)).text(owner);
  ++impl_->reads;
  // Done twice it only takes one number more.
  auto rows = in.readers->run(postgres::statements::acquire.name, with);
  if (!rows)
    return failure{rows.failure().code,
                   "shard " + std::to_string(shard)
                       + " cannot be acquired: " + rows.failure().message};
  if (rows->rows() != 1)
    return failure{errc::internal,
                   "the database " + postgres::name_of(in.readers->url())
                       + " has lost its row of shard " + std::to_string(shard)};
  // The earlier owner writes no more, so this is where it ended.
  auto epoch = rows->number(0, 0);
  const uint32_t shards[] = {shard};
  postgres::parameters of;
  of.integers(shards);
  auto found = in.readers->run(postgres::statements::heads.name, of);
  auto heads = found ? postgres::heads_of(*found)
                     : result<postgres::shard_heads>(found.failure());
  if (!heads)
    return std::move(heads).failure();
  auto head = (*heads)[shard];
  head.epoch = epoch;
  in.lane_of(shard).acquired(shard, head);
  return epoch;
}

void postgres_store::submit(commit what,
                            std::function<void(outcome)> finished) {
  auto shard = what.shard;
  if (auto no = check_shard(shard, impl_->shards)) {
    auto first = impl_->places.front().first_shard;
    impl_->places.front().lanes.front()->answer(
        first, std::move(finished), {outcome::unavailable, no->message});
    return;
  }
  impl_->place_of(shard)->lane_of(shard).submit(std::move(what),
                                                std::move(finished));
}

result<std::optional<std::string>>
postgres_store::get(uint32_t shard, std::string_view key) const {
  assert_may_wait("a read of the store");
  if (auto no = check_shard(shard, impl_->shards))
    return *no;
  postgres::parameters with;
  with.integer(static_cast<int32_t>(shard)).bytes(key);
  impl_->count_read();
  auto rows = impl_->place_of(shard)->readers->run(
      postgres::statements::get.name, with);
  if (!rows)
    return std::move(rows).failure();
  if (rows->rows() == 0)
    return std::optional<std::string>{};
  return std::optional<std::string>{rows->bytes(0, 0)};
}

result<page> postgres_store::read(uint32_t shard, key_range which,
                                  page_bounds most) const {
  namespace sql = postgres::statements;
  assert_may_wait("a read of the store");
  if (auto no = check_shard(shard, impl_->shards))
    return *no;
  page out;
  if (!which.to.empty() && which.to <= which.from)
    return out;
  bool bounded = !which.to.empty();
  auto wanted = std::max<size_t>(most.rows, 1);
  postgres::parameters with;
  with.integer(static_cast<int32_t>(shard)).number(wanted + 1);
  with.number(std::max<size_t>(most.bytes, 1)).bytes(which.from);
  if (bounded)
    with.bytes(which.to);
  auto& forward = bounded ? sql::page_between : sql::page_from;
  auto& back = bounded ? sql::page_back_between : sql::page_back_from;
  impl_->count_read();
  auto rows = impl_->place_of(shard)->readers->run(
      (which.backwards ? back : forward).name, with);
  if (!rows)
    return std::move(rows).failure();
  auto count = std::min<size_t>(size_t(rows->rows()), wanted);
  for (size_t i = 0; i < count; ++i)
    out.add(rows->bytes(int(i), 0), rows->bytes(int(i), 1));
  if (count == 0 || rows->number(0, 2) <= count)
    return out;
  // The least key that can follow: the bound on bytes has cut the next one off.
  std::string next{out[count - 1].key};
  next.push_back('\0');
  out.end_before(next, which.backwards);
  return out;
}

store::feed_listening postgres_store::listen(feed_listener told) {
  return impl_->listeners.add(std::move(told));
}

uint64_t postgres_store::feed_end(uint32_t shard) const {
  if (shard >= impl_->shards)
    return 0;
  return impl_->place_of(shard)->lane_of(shard).feed_end(shard);
}

void postgres_store::flush() {
  auto all = std::make_shared<std::latch>(impl_->shards);
  for (uint32_t shard = 0; shard < impl_->shards; ++shard)
    impl_->place_of(shard)->lane_of(shard).reach(shard,
                                                 [all] { all->count_down(); });
  all->wait();
}

uint64_t postgres_store::bytes_on_disk() const {
  if (!deciding_thread::is_current())
    impl_->measure();
  return impl_->bytes;
}

std::vector<std::string> postgres_store::damage() const {
  std::vector<std::string> out;
  auto add = [&](std::string x) {
    if (!x.empty() && std::ranges::find(out, x) == out.end())
      out.push_back(std::move(x));
  };
  for (auto& in : impl_->places) {
    for (auto& x : in.notes)
      add(x);
    for (auto& lane : in.lanes)
      add(lane->trouble());
  }
  return out;
}

postgres_store::figures postgres_store::statistics() const {
  figures out;
  out.statements = impl_->reads;
  out.bytes_waiting = impl_->waiting.used();
  for (auto& in : impl_->places)
    for (auto& lane : in.lanes) {
      auto x = lane->count();
      out.commits += x.commits;
      out.fenced += x.fenced;
      out.refused += x.refused;
      out.groups += x.groups;
      out.statements += x.statements;
      out.repeated += x.repeated;
      out.connects += x.connects;
    }
  return out;
}

} // namespace tutti::storage
