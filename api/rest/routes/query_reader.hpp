#pragma once

#include "api/rest/server/exchange.hpp"
#include "messages/model/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::rest {

/// Reads query parameters; remembers the first that is missing or unreadable.
/// An empty value counts as absent, except for text.
class query_reader {
 public:
  explicit query_reader(const exchange& from) : from_(from) {}

  // By what the route's row says. Another argument is a fault of the handler.
  bool read(const flag_argument& x);
  int32_t read(const number_argument& x);
  std::optional<int32_t> read(const optional_number_argument& x);
  int64_t read(const long_argument& x);
  /// From 0 on.
  int64_t read_natural(const long_argument& x);
  /// From 1 on.
  int64_t read_positive(const long_argument& x);
  /// Of the query or a header. One that is required may be empty.
  std::string read(const text_argument& x);
  std::vector<std::string> read(const texts_argument& x);

  std::string text(std::string_view name, std::string_view otherwise = {});
  std::string required(std::string_view name);
  int32_t number(std::string_view name, int32_t otherwise);
  int64_t long_number(std::string_view name, int64_t otherwise);
  /// From 1 on.
  int64_t positive(std::string_view name, int64_t otherwise);
  std::optional<int32_t> version();
  bool flag(std::string_view name, bool otherwise);
  /// All parameters of that name, split at commas.
  std::vector<std::string> list(std::string_view name);

  const std::optional<tutti::failure>& failure() const { return failure_; }

 private:
  void must_be_known(const argument& x);
  std::optional<int64_t> integer(std::string_view name, int64_t min,
                                 int64_t max);
  void fail(std::string_view name, std::string_view value,
            std::string_view rule);

  const exchange& from_;
  std::optional<tutti::failure> failure_;
};

// Pages of lists that may be long; without a count all is answered.
constexpr auto page_start = long_of("start", 0, "0");
constexpr auto page_count = long_of("count", 0, "0");

template <class Ask>
void read_page(query_reader& query, Ask& ask) {
  ask.start = query.read_natural(page_start);
  ask.count = query.read_natural(page_count);
}

/// A version in the path.
result<int32_t> read_version(std::string_view text);

} // namespace tutti::rest
