#include "storage/postgres/postgres_bulk.hpp"

#include "storage/postgres/schema.hpp"
#include "storage/postgres/statements.hpp"

#include <libpq-fe.h>

namespace tutti::storage {

namespace postgres_bulk_detail {

using namespace postgres;

// The binary form of COPY: a header, for each row the number of its columns and
// each with its length, and at the end -1 in place of a number.
constexpr std::string_view signature{"PGCOPY\n\377\r\n\0", 11};
constexpr size_t header_bytes = 11 + 4 + 4;
constexpr size_t piece_bytes = 1 << 20;

template <class T>
void append(std::string& to, T x) {
  for (int shift = int(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8)
    to.push_back(static_cast<char>(x >> shift & 0xff));
}

void append_column(std::string& to, std::string_view x) {
  append(to, static_cast<uint32_t>(x.size()));
  to += x;
}

/// Takes from the begin of `from`; false: it is too short.
bool take(std::string_view& from, size_t bytes, std::string_view& out) {
  if (from.size() < bytes)
    return false;
  out = from.substr(0, bytes);
  from.remove_prefix(bytes);
  return true;
}

bool take_column(std::string_view& from, std::string_view& out) {
  std::string_view length;
  return take(from, 4, length) && take(from, read_integer(length), out);
}

/// No statement here has a bound: a shard may be large.
connect_options patient() { return {std::chrono::milliseconds(0), {}}; }

} // namespace postgres_bulk_detail

struct postgres_bulk::impl {
  failure failed(const std::string& what) {
    return failure{errc::unavailable,
                   "the database " + by.name() + ": " + what};
  }
  result<done> run(const std::string& sql) {
    auto x = by.run(sql);
    if (x.good())
      return done{};
    return by.failure_of(x);
  }
  result<done> send();

  postgres::connection by;
  postgres::store_facts facts = {};
  uint32_t shard = 0;
  std::string piece = {};
};

postgres_bulk::postgres_bulk(std::unique_ptr<impl> state)
    : impl_(std::move(state)) {}

postgres_bulk::~postgres_bulk() = default;

result<std::unique_ptr<postgres_bulk>>
postgres_bulk::open(const std::string& url) {
  using namespace postgres_bulk_detail;
  auto by = connection::open(url, patient());
  if (!by)
    return std::move(by).failure();
  auto facts = read_facts(*by);
  if (!facts)
    return std::move(facts).failure();
  store_facts whole{schema_version, facts->shards, 0, facts->shards};
  if (auto x = check_facts(*by, *facts, whole); !x)
    return std::move(x).failure();
  auto& sql = statements::acquire;
  if (auto x = by->prepare(sql.name, sql.sql); !x.good())
    return by->failure_of(x);
  auto state = std::unique_ptr<impl>(new impl{std::move(*by)});
  state->facts = *facts;
  return std::unique_ptr<postgres_bulk>{new postgres_bulk{std::move(state)}};
}

uint32_t postgres_bulk::shards() const { return impl_->facts.shards; }

result<uint64_t> postgres_bulk::stop(uint32_t shard) {
  postgres::parameters with;
  with.integer(static_cast<int32_t>(shard)).text("tutti store copy");
  auto x = impl_->by.run_prepared(postgres::statements::acquire.name, with);
  if (!x.good())
    return impl_->by.failure_of(x);
  if (x.rows() != 1)
    return impl_->failed("it has lost its row of shard "
                         + std::to_string(shard));
  return x.number(0, 0);
}

result<done> postgres_bulk::read(uint32_t shard, const store::row& each) {
  using namespace postgres_bulk_detail;
  auto begun = impl_->by.run("copy (select k, v from tutti.kv where shard = "
                             + std::to_string(shard)
                             + " order by k) to stdout (format binary)");
  if (!begun.good())
    return impl_->by.failure_of(begun);
  auto* c = impl_->by.raw();
  bool more = true, readable = true;
  size_t header = header_bytes;
  char* data = nullptr;
  // One row each; the header comes with the first one.
  for (int size = 0; (size = PQgetCopyData(c, &data, 0)) > 0; PQfreemem(data)) {
    std::string_view row{data, size_t(size)}, columns, key, value;
    row.remove_prefix(std::min(std::exchange(header, 0), row.size()));
    // The end, or a message that was nothing but the header.
    if (!more || !readable || row.empty()
        || row == std::string_view("\377\377", 2))
      continue;
    readable = take(row, 2, columns) && take_column(row, key)
               && take_column(row, value);
    more = readable && each(key, value);
  }
  auto ended = answer{PQgetResult(c)};
  while (auto* rest = PQgetResult(c))
    PQclear(rest);
  if (!ended.good())
    return impl_->by.failure_of(ended);
  if (!readable)
    return impl_->failed("what it copies cannot be read");
  return done{};
}

result<done> postgres_bulk::begin(uint32_t shard) {
  using namespace postgres_bulk_detail;
  impl_->shard = shard;
  auto number = std::to_string(shard);
  if (auto x = impl_->run("begin"); !x)
    return x;
  // Nobody else fills it meanwhile.
  if (auto x = impl_->run("select 1 from tutti.shard where shard = " + number
                          + " for update");
      !x)
    return x;
  auto rows = impl_->by.run("select 1 from tutti.kv where shard = " + number
                            + " limit 1");
  if (!rows.good())
    return impl_->by.failure_of(rows);
  if (rows.rows() > 0) {
    // Or the row of the shard stays locked for as long as this connection.
    if (auto x = impl_->run("rollback"); !x)
      return x;
    return failure{errc::conflict, "shard " + number
                                       + " of the target holds rows already: "
                                         "only an empty store can be filled"};
  }
  if (auto x
      = impl_->run("copy tutti.kv (shard, k, v) from stdin (format binary)");
      !x)
    return x;
  impl_->piece = signature;
  append(impl_->piece, uint32_t(0));
  append(impl_->piece, uint32_t(0));
  return done{};
}

result<done> postgres_bulk::impl::send() {
  bool sent = PQputCopyData(by.raw(), piece.data(), int(piece.size())) == 1;
  piece.clear();
  if (sent)
    return done{};
  return failed(by.trouble());
}

result<done> postgres_bulk::add(std::string_view key, std::string_view value) {
  using namespace postgres_bulk_detail;
  auto& to = impl_->piece;
  append(to, uint16_t(3));
  append(to, uint32_t(4));
  append(to, impl_->shard);
  append_column(to, key);
  append_column(to, value);
  return to.size() < piece_bytes ? done{} : impl_->send();
}

result<done> postgres_bulk::end(uint64_t epoch) {
  using namespace postgres_bulk_detail;
  append(impl_->piece, uint16_t(0xffff));
  if (auto x = impl_->send(); !x)
    return x;
  auto* c = impl_->by.raw();
  if (PQputCopyEnd(c, nullptr) != 1)
    return impl_->failed(impl_->by.trouble());
  auto ended = answer{PQgetResult(c)};
  while (auto* rest = PQgetResult(c))
    PQclear(rest);
  if (!ended.good())
    return impl_->by.failure_of(ended);
  auto number = std::to_string(epoch);
  auto where = " where shard = " + std::to_string(impl_->shard);
  if (auto x = impl_->run("update tutti.lease set epoch = greatest(epoch, "
                          + number + "), owner = '', until = null" + where);
      !x)
    return x;
  if (auto x = impl_->run("update tutti.shard set epoch = greatest(epoch, "
                          + number + "), base = commits" + where);
      !x)
    return x;
  return impl_->run("commit");
}

} // namespace tutti::storage
