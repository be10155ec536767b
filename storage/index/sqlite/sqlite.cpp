#include "storage/index/sqlite/sqlite.hpp"

#include <sqlite3.h>

namespace tutti::index {

namespace sqlite_detail {

[[noreturn]] void fail(sqlite3* on, int code) {
  using kind = sqlite_error::kind;
  auto what = code & 0xff;
  auto why = std::string(on ? sqlite3_errmsg(on) : sqlite3_errstr(code));
  if (what == SQLITE_CORRUPT || what == SQLITE_NOTADB || what == SQLITE_FORMAT)
    throw sqlite_error(kind::damaged, why);
  if (what == SQLITE_ERROR)
    throw sqlite_error(kind::unfit, why);
  if (what == SQLITE_INTERRUPT)
    throw sqlite_error(kind::late, why);
  throw sqlite_error(kind::other, why);
}

void check(sqlite3* on, int code) {
  if (code != SQLITE_OK)
    fail(on, code);
}

} // namespace sqlite_detail

using sqlite_detail::check;

void statement::finalizer::operator()(sqlite3_stmt* x) const {
  sqlite3_finalize(x);
}

statement& statement::bind(int at, int64_t x) {
  check(sqlite3_db_handle(handle_.get()),
        sqlite3_bind_int64(handle_.get(), at, x));
  return *this;
}

statement& statement::bind(int at, double x) {
  check(sqlite3_db_handle(handle_.get()),
        sqlite3_bind_double(handle_.get(), at, x));
  return *this;
}

statement& statement::bind(int at, std::string_view x) {
  check(sqlite3_db_handle(handle_.get()),
        sqlite3_bind_text64(handle_.get(), at, x.data() ? x.data() : "",
                            x.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

void statement::bind_borrowed(int at, std::string_view x) {
  check(sqlite3_db_handle(handle_.get()),
        sqlite3_bind_text64(handle_.get(), at, x.data() ? x.data() : "",
                            x.size(), SQLITE_STATIC, SQLITE_UTF8));
}

statement& statement::bind(int at, const query::value& x) {
  std::visit(
      [&](auto& one) {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, std::string>)
          bind(at, std::string_view(one));
        else
          bind(at, one);
      },
      x);
  return *this;
}

statement& statement::bind_bytes(int at, std::string_view x) {
  check(sqlite3_db_handle(handle_.get()),
        sqlite3_bind_blob64(handle_.get(), at, x.data(), x.size(),
                            SQLITE_TRANSIENT));
  return *this;
}

bool statement::step() {
  auto code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  auto* on = sqlite3_db_handle(handle_.get());
  try {
    sqlite_detail::fail(on, code);
  } catch (...) {
    sqlite3_reset(handle_.get());
    throw;
  }
}

void statement::run() {
  while (step()) {
  }
  reset();
}

void statement::reset() { sqlite3_reset(handle_.get()); }

int64_t statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

double statement::real(int column) const {
  return sqlite3_column_double(handle_.get(), column);
}

std::string statement::text(int column) const {
  auto* bytes
      = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  auto size = sqlite3_column_bytes(handle_.get(), column);
  return bytes ? std::string(bytes, size_t(size)) : std::string();
}

int statement::columns() const { return sqlite3_column_count(handle_.get()); }

bool statement::is_integer(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_INTEGER;
}

bool statement::is_real(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_FLOAT;
}

void database::closer::operator()(sqlite3* x) const { sqlite3_close_v2(x); }

database::database(const std::string& path, access how) {
  // Nobody asks how much memory it has, and counting takes a lock each time.
  static const int without_counts = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)without_counts;
  int flags
      = SQLITE_OPEN_NOMUTEX
        | (how == access::read    ? SQLITE_OPEN_READONLY
           : how == access::write ? SQLITE_OPEN_READWRITE
                                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* opened = nullptr;
  auto code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  handle_.reset(opened);
  check(opened, code);
  // A damaged or foreign file must not run code.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_busy_timeout(opened, 5'000);
  auto expired = [](void* self) {
    auto& deadline = static_cast<const database*>(self)->deadline_;
    return int(deadline && std::chrono::steady_clock::now() > *deadline);
  };
  sqlite3_progress_handler(opened, 10'000, expired, this);
  auto found = [](sqlite3_context* call, int, sqlite3_value** of) {
    auto* sets = static_cast<const database*>(sqlite3_user_data(call))->found_;
    auto at = size_t(sqlite3_value_int64(of[0]));
    sqlite3_result_int(call,
                       sets && at < sets->size()
                           && (*sets)[at].holds(sqlite3_value_int64(of[1])));
  };
  check(opened, sqlite3_create_function_v2(
                    opened, "found", 2,
                    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                    this, found, nullptr, nullptr, nullptr));
}

database::~database() = default;

void database::execute(const char* sql) {
  check(handle_.get(),
        sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr));
}

statement database::prepare(std::string_view sql) const {
  sqlite3_stmt* out = nullptr;
  check(handle_.get(),
        sqlite3_prepare_v3(handle_.get(), sql.data(), int(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &out, nullptr));
  return statement(out);
}

int64_t database::last_row() const {
  return sqlite3_last_insert_rowid(handle_.get());
}

int64_t database::changed_rows() const {
  return sqlite3_changes(handle_.get());
}

void database::set_deadline(
    std::optional<std::chrono::steady_clock::time_point> at) const {
  deadline_ = at;
}

} // namespace tutti::index
