#include "api/rest/routes/query_reader.hpp"

#include "api/rest/server/text.hpp"

#include <charconv>
#include <cstdint>
#include <limits>

namespace tutti::rest {

namespace query_reader_detail {

std::string_view trimmed(std::string_view x) {
  constexpr std::string_view blanks = " \t\r\n";
  auto begin = x.find_first_not_of(blanks);
  if (begin == x.npos)
    return {};
  return x.substr(begin, x.find_last_not_of(blanks) - begin + 1);
}

std::optional<int64_t> to_integer(std::string_view x) {
  if (x.starts_with('+'))
    x.remove_prefix(1);
  int64_t value = 0;
  auto [end, error] = std::from_chars(x.data(), x.data() + x.size(), value);
  if (error != std::errc() || end != x.data() + x.size())
    return std::nullopt;
  return value;
}

template <class T>
constexpr int64_t min_of = std::numeric_limits<T>::min();
template <class T>
constexpr int64_t max_of = std::numeric_limits<T>::max();

} // namespace query_reader_detail

void query_reader::must_be_known(const argument& x) {
  if (!from_.may_read(x) && !failure_)
    failure_
        = {errc::internal,
           "the route does not say that it reads '" + std::string(x.name) + "'",
           {}};
}

bool query_reader::read(const flag_argument& x) {
  must_be_known(x);
  return flag(x.name, x.value_without);
}

int32_t query_reader::read(const number_argument& x) {
  must_be_known(x);
  return number(x.name, x.value_without);
}

std::optional<int32_t> query_reader::read(const optional_number_argument& x) {
  using namespace query_reader_detail;
  must_be_known(x);
  auto out = integer(x.name, min_of<int32_t>, max_of<int32_t>);
  return out ? std::optional(static_cast<int32_t>(*out)) : std::nullopt;
}

int64_t query_reader::read(const long_argument& x) {
  must_be_known(x);
  return long_number(x.name, x.value_without);
}

int64_t query_reader::read_natural(const long_argument& x) {
  auto out = read(x);
  if (out < 0)
    fail(x.name, std::to_string(out), "must be 0 or greater");
  return out;
}

int64_t query_reader::read_positive(const long_argument& x) {
  must_be_known(x);
  return positive(x.name, x.value_without);
}

std::string query_reader::read(const text_argument& x) {
  must_be_known(x);
  if (x.in == argument::place::header)
    return std::string(from_.header(x.name).value_or(x.value_without));
  return x.required ? required(x.name) : text(x.name, x.value_without);
}

std::vector<std::string> query_reader::read(const texts_argument& x) {
  must_be_known(x);
  return list(x.name);
}

std::string query_reader::text(std::string_view name,
                               std::string_view otherwise) {
  return std::string(from_.query(name).value_or(otherwise));
}

std::string query_reader::required(std::string_view name) {
  auto value = from_.query(name);
  if (!value && !failure_)
    failure_ = {errc::invalid,
                "query parameter '" + std::string(name) + "' is missing",
                {}};
  return std::string(value.value_or(""));
}

std::optional<int64_t> query_reader::integer(std::string_view name, int64_t min,
                                             int64_t max) {
  using namespace query_reader_detail;
  auto value = trimmed(from_.query(name).value_or(""));
  if (value.empty())
    return std::nullopt;
  auto number = to_integer(value);
  if (number && *number >= min && *number <= max)
    return number;
  fail(name, value, "must be an integer");
  return std::nullopt;
}

int32_t query_reader::number(std::string_view name, int32_t otherwise) {
  using namespace query_reader_detail;
  auto x = integer(name, min_of<int32_t>, max_of<int32_t>);
  return x ? static_cast<int32_t>(*x) : otherwise;
}

int64_t query_reader::long_number(std::string_view name, int64_t otherwise) {
  using namespace query_reader_detail;
  return integer(name, min_of<int64_t>, max_of<int64_t>).value_or(otherwise);
}

int64_t query_reader::positive(std::string_view name, int64_t otherwise) {
  auto x = long_number(name, otherwise);
  if (x < 1)
    fail(name, std::to_string(x), "must be 1 or greater");
  return x;
}

std::optional<int32_t> query_reader::version() {
  using namespace query_reader_detail;
  auto x = integer("version", min_of<int32_t>, max_of<int32_t>);
  if (!x)
    return std::nullopt;
  return static_cast<int32_t>(*x);
}

// The spellings that Spring reads.
bool query_reader::flag(std::string_view name, bool otherwise) {
  auto value = query_reader_detail::trimmed(from_.query(name).value_or(""));
  if (value.empty())
    return otherwise;
  for (auto yes : {"true", "1", "yes", "on"})
    if (same_name(value, yes))
      return true;
  for (auto no : {"false", "0", "no", "off"})
    if (same_name(value, no))
      return false;
  fail(name, value, "must be true or false");
  return otherwise;
}

std::vector<std::string> query_reader::list(std::string_view name) {
  std::vector<std::string> out;
  for (auto rest : from_.query_all(name)) {
    while (!rest.empty()) {
      auto end = std::min(rest.find(','), rest.size());
      auto part = query_reader_detail::trimmed(rest.substr(0, end));
      if (!part.empty())
        out.emplace_back(part);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return out;
}

void query_reader::fail(std::string_view name, std::string_view value,
                        std::string_view rule) {
  if (!failure_)
    failure_
        = {errc::invalid,
           "query parameter '" + std::string(name) + "' " + std::string(rule)
               + ", but is '" + std::string(value) + "'",
           {}};
}

result<int32_t> read_version(std::string_view text) {
  using namespace query_reader_detail;
  auto x = to_integer(trimmed(text));
  if (x && *x >= min_of<int32_t> && *x <= max_of<int32_t>)
    return static_cast<int32_t>(*x);
  return failure{errc::invalid, "the version in the path must be an integer, "
                                "but is '"
                                    + std::string(text) + "'"};
}

} // namespace tutti::rest
