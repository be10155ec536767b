#include "tools/evaluator/wide_integers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>

namespace tutti::evaluator {

namespace wide_integers_detail {

/// Each integer of fewer digits has a double.
constexpr size_t digits_min = 16;
constexpr double exact_up_to = 9007199254740992.0; // 2^53

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Looks at every 16th character only: most inputs have nothing of the kind.
bool has_long_digits(std::string_view json) {
  for (size_t i = digits_min - 1; i < json.size(); i += digits_min) {
    if (!is_digit(json[i]))
      continue;
    size_t from = i, to = i + 1;
    while (from > 0 && is_digit(json[from - 1]))
      --from;
    while (to < json.size() && is_digit(json[to]))
      ++to;
    if (to - from >= digits_min)
      return true;
  }
  return false;
}

/// `visit(number)` for every number of the document.
template <class Visit>
void for_each_number(std::string_view json, Visit visit) {
  for (size_t i = 0; i < json.size();) {
    if (json[i] == '"') {
      for (++i; i < json.size() && json[i] != '"'; ++i)
        i += json[i] == '\\';
      ++i;
    } else if (json[i] == '-' || is_digit(json[i])) {
      auto end
          = std::min(json.find_first_not_of("0123456789+-.eE", i), json.size());
      visit(json.substr(i, end - i));
      i = end;
    } else {
      ++i;
    }
  }
}

double nearest(std::string_view number) {
  double out = 0;
  std::from_chars(number.data(), number.data() + number.size(), out);
  return out;
}

/// The integer, less its sign; false: past 64 bits.
bool magnitude(std::string_view number, uint64_t& out) {
  bool negative = number.front() == '-';
  auto end = number.data() + number.size();
  auto got = std::from_chars(number.data() + negative, end, out);
  return got.ec == std::errc()
         && (!negative || out <= uint64_t(1) << 63); // INT64_MIN
}

bool is_own_double(uint64_t magnitude, double x) {
  x = std::abs(x);
  return x < 18446744073709551616.0 && uint64_t(x) == magnitude;
}

double above(double x) {
  return std::nextafter(x, std::numeric_limits<double>::infinity());
}

} // namespace wide_integers_detail

using namespace wide_integers_detail;

std::string_view wide_integers::read(std::string_view json,
                                     std::string& storage) {
  if (!has_long_digits(json))
    return json;
  std::vector<double> taken; // by numbers that have a double
  std::vector<std::pair<long double, std::string_view>> wide;
  for_each_number(json, [&](std::string_view number) {
    auto x = nearest(number);
    if (std::abs(x) < exact_up_to)
      return;
    uint64_t size = 0;
    bool integer = number.find_first_of(".eE") == number.npos;
    if (integer && !magnitude(number, size)) {
      if (past_64_bits_.empty())
        past_64_bits_ = number;
    } else if (!integer || is_own_double(size, x)) {
      taken.push_back(x);
    } else {
      auto exact = static_cast<long double>(size);
      wide.emplace_back(number.front() == '-' ? -exact : exact, number);
    }
  });
  std::sort(taken.begin(), taken.end());
  std::sort(wide.begin(), wide.end());
  std::unordered_map<std::string_view, double> rewritten;
  for (auto& [exact, number] : wide) {
    if (!stand_ins_.empty() && stand_ins_.back().second == number)
      continue;
    auto x = nearest(number);
    if (!stand_ins_.empty() && x <= stand_ins_.back().first)
      x = above(stand_ins_.back().first);
    while (std::binary_search(taken.begin(), taken.end(), x))
      x = above(x);
    if (x != nearest(number))
      rewritten.emplace(number, x);
    stand_ins_.emplace_back(x, number);
  }
  if (rewritten.empty())
    return json;
  auto kept = json.data();
  for_each_number(json, [&](std::string_view number) {
    auto it = rewritten.find(number);
    if (it == rewritten.end())
      return;
    storage.append(kept, number.data());
    char room[40];
    auto end = std::to_chars(room, room + sizeof room, it->second);
    storage.append(room, end.ptr);
    kept = number.data() + number.size();
  });
  storage.append(kept, json.data() + json.size());
  return storage;
}

const std::string* wide_integers::of(double x) const {
  if (stand_ins_.empty() || std::abs(x) < exact_up_to)
    return nullptr;
  auto it = std::lower_bound(
      stand_ins_.begin(), stand_ins_.end(), x,
      [](auto& known, double wanted) { return known.first < wanted; });
  return it != stand_ins_.end() && it->first == x ? &it->second : nullptr;
}

} // namespace tutti::evaluator
