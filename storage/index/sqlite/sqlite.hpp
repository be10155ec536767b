#pragma once

#include "messages/model/query/filter.hpp"
#include "storage/index/sqlite/doc_set.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace tutti::index {

// SQLite, as far as the index uses it. The library's header is known to
// sqlite.cpp alone. Failures are exceptions within this folder.

class sqlite_error : public std::runtime_error {
 public:
  enum class kind : uint8_t {
    damaged, ///< the file is no database, or broken
    unfit,   ///< it lacks a table, or the statement is wrong
    late,    ///< `patience` has ended
    other,   ///< the disk, as a rule
  };
  sqlite_error(kind what, const std::string& why)
      : std::runtime_error(why), what_happened(what) {}

  kind what_happened;
};

class statement {
 public:
  statement() = default;
  statement(statement&&) noexcept = default;
  statement& operator=(statement&&) noexcept = default;

  /// Parameters count from 1. Texts are copied.
  statement& bind(int at, int64_t x);
  statement& bind(int at, double x);
  statement& bind(int at, std::string_view x);
  statement& bind(int at, const query::value& x);
  statement& bind_bytes(int at, std::string_view x);

  /// Binds all parameters in order. Texts are not copied: it is run before they
  /// go.
  template <class... Values>
  statement& with(const Values&... values) {
    int at = 0;
    (put(++at, values), ...);
    return *this;
  }

  /// True: there is a row.
  bool step();
  /// For what answers no row. Can be run again.
  void run();
  void reset();

  // Columns count from 0.
  int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const; ///< of bytes, too
  int columns() const;
  bool is_integer(int column) const;
  bool is_real(int column) const;

 private:
  friend class database;
  struct finalizer {
    void operator()(sqlite3_stmt* x) const;
  };
  explicit statement(sqlite3_stmt* x) : handle_(x) {}

  template <class T>
  void put(int at, const T& x) {
    if constexpr (std::is_integral_v<T>)
      bind(at, int64_t(x));
    else if constexpr (std::is_enum_v<T>)
      bind(at, int64_t(x));
    else if constexpr (std::is_same_v<T, double>)
      bind(at, x);
    else
      bind_borrowed(at, std::string_view(x));
  }
  void bind_borrowed(int at, std::string_view x);

  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

class database {
 public:
  enum class access : uint8_t { read, write, create };
  database(const std::string& path, access how);
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  /// Several statements without parameters.
  void execute(const char* sql);
  statement prepare(std::string_view sql) const;
  int64_t last_row() const;
  /// Rows that the last statement has changed.
  int64_t changed_rows() const;

  /// What `found(n, doc)` asks in statements: whether the n-th set holds it.
  /// The sets stay as long as statements run.
  void set_found(const std::vector<doc_set>* sets) const { found_ = sets; }

  /// Statements end with `late` after that instant; nullopt: they do not.
  void
  set_deadline(std::optional<std::chrono::steady_clock::time_point> at) const;

 private:
  struct closer {
    void operator()(sqlite3* x) const;
  };
  std::unique_ptr<sqlite3, closer> handle_;
  mutable std::optional<std::chrono::steady_clock::time_point> deadline_;
  mutable const std::vector<doc_set>* found_ = nullptr;
};

} // namespace tutti::index
