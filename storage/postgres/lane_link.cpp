#include "storage/postgres/lane_link.hpp"

#include "storage/postgres/statements.hpp"

#include <libpq-fe.h>

#include <poll.h>

#include <algorithm>

namespace tutti::storage::postgres {

/// Which shards a group writes, as every one of its statements says.
struct fences {
  std::vector<uint32_t> shards;
  std::vector<uint64_t> epochs, before, after;
  bool erase_ranges = false;
};

namespace lane_link_detail {

/// Rows of one statement. The server holds a statement's parameters several
/// times while it works.
constexpr size_t chunk_bytes = size_t{8} << 20, chunk_rows = 20'000;

/// Rows as the columns of a statement.
struct columns {
  std::vector<uint32_t> shards;
  std::vector<std::string_view> keys, values;
  size_t bytes = 0;

  bool full() const {
    return bytes >= chunk_bytes || keys.size() >= chunk_rows;
  }
  void add(uint32_t shard, const shard_group::row& x) {
    shards.push_back(shard);
    keys.emplace_back(x.key);
    values.emplace_back(x.value);
    bytes += x.key.size() + x.value.size();
  }
};

fences fences_of(const shard_groups& parts) {
  fences out;
  for (auto& x : parts) {
    if (!x->writes())
      continue;
    out.shards.push_back(x->shard);
    out.epochs.push_back(x->epoch);
    out.before.push_back(x->before);
    out.after.push_back(x->after());
    out.erase_ranges = out.erase_ranges || !x->ranges.empty();
  }
  return out;
}

/// Put rows and erased ones, in chunks; one chunk of each at least.
struct chunks {
  std::vector<columns> put{1}, erase{1};
};

chunks chunks_of(const shard_groups& parts) {
  chunks out;
  for (auto& part : parts)
    for (auto& row : part->rows) {
      auto& to = row.erased ? out.erase : out.put;
      if (to.back().full())
        to.emplace_back();
      to.back().add(part->shard, row);
    }
  return out;
}

} // namespace lane_link_detail

result<lane_link> lane_link::open(const std::string& url,
                                  const connect_options& how) {
  auto opened = connection::open(url, how);
  if (!opened)
    return std::move(opened).failure();
  for (auto& x : statements::of_writers)
    if (auto prepared = opened->prepare(x.name, x.sql); !prepared.good())
      return opened->failure_of(prepared);
  lane_link out{std::move(*opened)};
  auto* c = out.connection_.raw();
  if (PQsetnonblocking(c, 1) != 0 || PQenterPipelineMode(c) != 1)
    return failure{errc::internal, "libpq refuses its pipeline mode"};
  return out;
}

result<shard_heads> lane_link::heads(std::span<const uint32_t> shards) {
  auto* c = connection_.raw();
  if (PQexitPipelineMode(c) != 1)
    return failure{errc::unavailable, why_lost()};
  ++statements_;
  auto out = read_heads(connection_, shards);
  if (PQenterPipelineMode(c) != 1)
    return failure{errc::unavailable, why_lost()};
  return out;
}

bool lane_link::send(const char* name, const parameters& with) {
  ++statements_;
  return PQsendQueryPrepared(connection_.raw(), name, with.count(),
                             with.values(), with.lengths(), with.formats(), 1)
         == 1;
}

bool lane_link::send_rows(const shard_groups& parts, const fences& of) {
  using namespace lane_link_detail;
  auto ours = [&] {
    parameters out;
    out.integers(of.shards).numbers(of.epochs).numbers(of.after);
    return out;
  };
  auto rows = chunks_of(parts);
  // Ranges are erased before rows are put, and nothing before it is ours.
  parameters take;
  take.integers(of.shards).numbers(of.epochs);
  take.numbers(of.before).numbers(of.after);
  size_t next = of.erase_ranges ? 0 : 1;
  columns none;
  auto& first = of.erase_ranges ? none : rows.put.front();
  take.integers(first.shards).byte_strings(first.keys);
  take.byte_strings(first.values);
  if (!send(statements::take.name, take))
    return false;
  for (auto& part : parts)
    for (auto& range : part->ranges) {
      parameters with;
      with.integer(int32_t(part->shard)).number(part->epoch);
      with.number(part->after()).bytes(range.from);
      bool rest = range.to.empty();
      if (!rest)
        with.bytes(range.to);
      auto& how = rest ? statements::erase_rest : statements::erase_range;
      if (!send(how.name, with))
        return false;
    }
  for (; next < rows.put.size(); ++next) {
    auto& x = rows.put[next];
    if (x.keys.empty())
      continue;
    auto with = ours();
    with.integers(x.shards).byte_strings(x.keys).byte_strings(x.values);
    if (!send(statements::put.name, with))
      return false;
  }
  for (auto& x : rows.erase) {
    if (x.keys.empty())
      continue;
    auto with = ours();
    with.integers(x.shards).byte_strings(x.keys);
    if (!send(statements::erase.name, with))
      return false;
  }
  return true;
}

bool lane_link::send(const shard_groups& parts) {
  auto* c = connection_.raw();
  return send_rows(parts, lane_link_detail::fences_of(parts))
         && PQpipelineSync(c) == 1 && PQflush(c) >= 0;
}

lane_link::status lane_link::receive(reply& out) {
  auto* c = connection_.raw();
  if (PQflush(c) < 0 || PQconsumeInput(c) == 0)
    return status::lost;
  while (PQisBusy(c) == 0) {
    auto* got = PQgetResult(c);
    answer x{got};
    if (!connection_.alive())
      return status::lost;
    if (!got) // the end of a statement
      continue;
    switch (x.kind()) {
      case PGRES_TUPLES_OK:
        for (int i = 0; i < x.rows(); ++i)
          next_.taken.push_back(x.integer(i, 0));
        break;
      case PGRES_FATAL_ERROR:
        if (x.asks_for() == remedy::reconnect)
          return status::lost;
        if (!std::exchange(next_.has_failed, true))
          next_.failed = std::move(x);
        break;
      case PGRES_PIPELINE_SYNC:
        out = std::exchange(next_, {});
        return status::replied;
      default: // a statement without rows, or one that was not run
        break;
    }
  }
  return status::waiting;
}

bool lane_link::is_there() {
  return PQconsumeInput(connection_.raw()) == 1 && connection_.alive();
}

void lane_link::wait(int wake, int timeout_ms) {
  auto* c = connection_.raw();
  short events = POLLIN;
  if (PQflush(c) > 0)
    events |= POLLOUT;
  pollfd all[] = {{PQsocket(c), events, 0}, {wake, POLLIN, 0}};
  ::poll(all, 2, timeout_ms);
}

std::string lane_link::why_lost() const { return connection_.trouble(); }

} // namespace tutti::storage::postgres
