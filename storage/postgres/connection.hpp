#pragma once

#include "messages/model/result.hpp"
#include "storage/postgres/parameters.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct pg_conn;
struct pg_result;

namespace tutti::storage::postgres {

/// What a statement that failed asks for.
enum class remedy : uint8_t {
  none,      ///< it did not fail
  reconnect, ///< the connection is lost, or leads to who cannot help now
  repeat,    ///< it met another transaction; it may be sent again at once
  wait,      ///< it took too long, or the database lacks something for now
  give_up,   ///< it would fail again
};

/// How a statement ended.
class answer {
 public:
  answer() = default;
  explicit answer(pg_result* x) : result_(x) {}

  /// An ExecStatusType of libpq.
  int kind() const;
  bool good() const;
  /// What PostgreSQL calls SQLSTATE; empty: the connection is lost.
  std::string state() const;
  /// In the database's words, one line.
  std::string why() const;
  remedy asks_for() const;

  int rows() const;
  bool is_null(int row, int column) const;
  std::string_view bytes(int row, int column) const;
  uint64_t number(int row, int column) const {
    return read_number(bytes(row, column));
  }
  uint32_t integer(int row, int column) const {
    return read_integer(bytes(row, column));
  }

 private:
  struct clear {
    void operator()(pg_result* x) const;
  };
  std::unique_ptr<pg_result, clear> result_;
};

/// "postgresql://host:port/name", without user and password: for sentences.
std::string name_of(const std::string& url);

struct connect_options {
  std::chrono::milliseconds statement_timeout{10'000};
  /// Called with warnings of the server.
  std::function<void(const std::string&)> told = {};
};

/// One connection. Not thread safe.
class connection {
 public:
  /// errc::unavailable: may succeed later. errc::invalid: the address, the
  /// server's version or the rights are wrong.
  static result<connection> open(const std::string& url,
                                 const connect_options& how);

  /// Statements without parameters, one after another.
  answer run(const char* sql);
  answer run(const std::string& sql) { return run(sql.c_str()); }
  answer run(const char* sql, const parameters& with);
  answer prepare(const char* name, const char* sql);
  answer run_prepared(const char* name, const parameters& with);

  /// False: the connection is lost.
  bool alive() const;
  /// The library's words for that, one line.
  std::string trouble() const;
  const std::string& name() const { return name_; }
  /// "the database postgresql://... : <why>"
  tutti::failure failure_of(const answer& x) const;

  pg_conn* raw() { return connection_.get(); }

 private:
  struct finish {
    void operator()(pg_conn* x) const;
  };
  std::unique_ptr<pg_conn, finish> connection_;
  std::unique_ptr<std::function<void(const std::string&)>> told_;
  std::string name_;
};

} // namespace tutti::storage::postgres
