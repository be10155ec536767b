#include "messages/model/schedules/posix_zone.hpp"

#include "messages/model/schedules/civil.hpp"

#include <algorithm>

namespace tutti {

class posix_zone::reader {
 public:
  explicit reader(std::string_view text) : left_(text) {}

  bool at_end() const { return left_.empty(); }
  bool skip(char c) {
    if (left_.empty() || left_.front() != c)
      return false;
    left_.remove_prefix(1);
    return true;
  }

  /// "CET" or "<+03>".
  bool name() {
    size_t end = 0;
    if (skip('<')) {
      end = left_.find('>');
      if (end == left_.npos)
        return false;
      left_.remove_prefix(end + 1);
      return end > 0;
    }
    while (end < left_.size() && is_letter(left_[end]))
      ++end;
    left_.remove_prefix(end);
    return end >= 3;
  }

  /// [+-]h[:mm[:ss]] in seconds.
  std::optional<int64_t> time() {
    int64_t sign = skip('-') ? -1 : 1;
    if (sign > 0)
      skip('+');
    auto hours = number();
    if (!hours || *hours > 167)
      return std::nullopt;
    auto out = *hours * 3'600;
    for (int64_t unit : {60, 1}) {
      if (!skip(':'))
        break;
      auto n = number();
      if (!n || *n > 59)
        return std::nullopt;
      out += *n * unit;
    }
    return sign * out;
  }

  std::optional<date> rule() {
    date out;
    if (skip('M')) {
      auto month = number();
      auto week = month && skip('.') ? number() : std::nullopt;
      auto day = week && skip('.') ? number() : std::nullopt;
      if (!day || *month < 1 || *month > 12 || *week < 1 || *week > 5
          || *day > 6)
        return std::nullopt;
      out.month = int(*month);
      out.week = int(*week);
      out.day = int(*day);
    } else {
      out.kind = skip('J') ? 'J' : 'n';
      auto day = number();
      if (!day || *day > 365 || (out.kind == 'J' && *day < 1))
        return std::nullopt;
      out.day = int(*day);
    }
    if (skip('/')) {
      auto at = time();
      if (!at)
        return std::nullopt;
      out.time = *at;
    }
    return out;
  }

 private:
  static bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }
  std::optional<int64_t> number() {
    size_t n = 0;
    int64_t out = 0;
    for (; n < left_.size() && n < 4 && left_[n] >= '0' && left_[n] <= '9'; ++n)
      out = out * 10 + (left_[n] - '0');
    left_.remove_prefix(n);
    return n > 0 ? std::optional(out) : std::nullopt;
  }

  std::string_view left_;
};

std::optional<posix_zone> posix_zone::parse(std::string_view text) {
  reader in(text);
  posix_zone out;
  if (!in.name())
    return std::nullopt;
  // On the wire west is positive.
  auto standard = in.time();
  if (!standard)
    return std::nullopt;
  out.standard_ = -*standard;
  if (in.at_end())
    return out;
  if (!in.name())
    return std::nullopt;
  out.summer_ = out.standard_ + 3'600;
  if (!in.skip(',')) {
    auto summer = in.time();
    if (!summer || !in.skip(','))
      return std::nullopt;
    out.summer_ = -*summer;
  }
  out.begin_ = in.rule();
  if (!out.begin_ || !in.skip(','))
    return std::nullopt;
  out.end_ = in.rule();
  if (!out.end_ || !in.at_end())
    return std::nullopt;
  return out;
}

int64_t posix_zone::day_of(const date& x, int64_t year) {
  auto first = days_from_civil(year, 1, 1);
  if (x.kind == 'n')
    return first + x.day;
  if (x.kind == 'J')
    return first + x.day - 1 + (is_leap(year) && x.day > 59 ? 1 : 0);
  auto month = days_from_civil(year, x.month, 1);
  auto day = 1 + (x.day - weekday_of(month) + 7) % 7 + (x.week - 1) * 7;
  if (day > days_in_month(year, x.month))
    day -= 7;
  return month + day - 1;
}

std::vector<posix_zone::change> posix_zone::changes_of(int64_t year) const {
  if (!begin_)
    return {};
  auto at = [&](const date& x, int64_t before) {
    return day_of(x, year) * 86'400 + x.time - before;
  };
  std::vector<change> out
      = {{at(*begin_, standard_), summer_}, {at(*end_, summer_), standard_}};
  std::ranges::sort(out, {}, &change::at);
  return out;
}

} // namespace tutti
