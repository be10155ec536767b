#pragma once

#include "storage/postgres/connection.hpp"

#include <condition_variable>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace tutti::storage::postgres {

namespace statements {
struct prepared;
}

/// Connections that threads borrow for one statement. Thread safe.
class connection_pool {
 public:
  connection_pool(std::string url, connect_options how, size_t most,
                  std::span<const statements::prepared> all)
      : url_(std::move(url)), how_(std::move(how)), most_(most), all_(all) {}

  /// Runs a prepared statement. A connection that was lost meanwhile is
  /// replaced once when `again`: for what may be done twice.
  result<answer> run(const char* name, const parameters& with,
                     bool again = true);
  /// The same with a connection.
  result<answer> run(const std::function<answer(connection&)>& what,
                     bool again);

  const std::string& url() const { return url_; }

 private:
  class loan;

  result<connection> take();
  result<connection> open();
  void give_back(connection x);

  const std::string url_;
  const connect_options how_;
  const size_t most_;
  const std::span<const statements::prepared> all_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<connection> idle_;
  size_t lent_ = 0;
};

} // namespace tutti::storage::postgres
