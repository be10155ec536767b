#include "messages/model/query/literals.hpp"

#include "messages/model/saturating.hpp"
#include "messages/model/time_zones.hpp"

#include <charconv>
#include <cmath>

namespace tutti::query {

namespace literals_detail {

template <class T>
std::optional<T> whole(std::string_view text) {
  T out{};
  auto end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, out);
  if (text.empty() || at != end || error != std::errc())
    return std::nullopt;
  return out;
}

class cut {
 public:
  explicit cut(std::string_view text) : text_(text) {}

  bool empty() const { return text_.empty(); }
  bool take(char c) {
    if (text_.empty() || text_.front() != c)
      return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view what) {
    if (!text_.starts_with(what))
      return false;
    text_.remove_prefix(what.size());
    return true;
  }
  /// Exactly so many digits, or 1 to 18 for 0.
  std::optional<int64_t> digits(size_t count) {
    size_t n = 0;
    auto most = count > 0 ? count : 18;
    while (n < text_.size() && n < most && text_[n] >= '0' && text_[n] <= '9')
      ++n;
    if (n == 0 || (count > 0 && n != count))
      return std::nullopt;
    auto out = whole<int64_t>(text_.substr(0, n));
    text_.remove_prefix(n);
    return out;
  }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

/// A part of a second, in milliseconds; what is finer is cut.
int64_t fraction(cut& in) {
  int64_t out = 0, unit = 100;
  while (auto digit = in.digits(1)) {
    out += *digit * unit;
    unit /= 10;
  }
  return out;
}

/// Minutes east of UTC.
std::optional<int64_t> zone(cut& in) {
  if (in.empty() || in.take('Z'))
    return 0;
  bool east = in.take('+');
  if (!east && !in.take('-'))
    return std::nullopt;
  auto hours = in.digits(2);
  in.take(':');
  auto minutes = in.digits(2);
  if (!hours || !minutes || *hours > 18 || *minutes > 59)
    return std::nullopt;
  auto out = *hours * 60 + *minutes;
  return east ? out : -out;
}

std::optional<int64_t> date_and_time(std::string_view text) {
  cut in(text);
  auto year = in.digits(4);
  auto month = year && in.take('-') ? in.digits(2) : std::nullopt;
  auto day = month && in.take('-') ? in.digits(2) : std::nullopt;
  if (!day)
    return std::nullopt;
  auto days = days_since_epoch(*year, int(*month), int(*day));
  if (!days)
    return std::nullopt;
  int64_t ms = *days * 86'400'000;
  if (in.empty())
    return ms;
  if (!in.take('T') && !in.take(' '))
    return std::nullopt;
  auto hour = in.digits(2);
  auto minute = hour && in.take(':') ? in.digits(2) : std::nullopt;
  if (!minute || *hour > 23 || *minute > 59)
    return std::nullopt;
  ms += *hour * 3'600'000 + *minute * 60'000;
  if (in.take(':')) {
    auto second = in.digits(2);
    if (!second || *second > 59)
      return std::nullopt;
    ms += *second * 1000;
    if (in.take('.'))
      ms += fraction(in);
  }
  auto east = zone(in);
  if (!east || !in.empty())
    return std::nullopt;
  return ms - *east * 60'000;
}

std::optional<int64_t> unit_ms(cut& in) {
  if (in.take("ms"))
    return 1;
  if (in.take('s'))
    return 1'000;
  if (in.take('m'))
    return 60'000;
  if (in.take('h'))
    return 3'600'000;
  if (in.take('d'))
    return 86'400'000;
  if (in.take('w'))
    return 7 * 86'400'000;
  return std::nullopt;
}

std::optional<int64_t> from_now(std::string_view text, int64_t now) {
  cut in(text);
  bool named = in.take("now");
  if (named && in.empty())
    return now;
  bool later = in.take('+');
  if (!later && !in.take('-'))
    return std::nullopt;
  int64_t span = 0;
  do {
    auto number = in.digits(0);
    auto unit = number ? unit_ms(in) : std::nullopt;
    if (!unit)
      return std::nullopt;
    span = saturating_sum(span, saturating_product(*number, *unit));
  } while (!in.empty());
  return later ? saturating_sum(now, span) : saturating_sum(now, -span);
}

} // namespace literals_detail

std::optional<int64_t> to_integer(std::string_view text) {
  return literals_detail::whole<int64_t>(text);
}

std::optional<double> to_number(std::string_view text) {
  auto out = literals_detail::whole<double>(text);
  return out && std::isfinite(*out) ? out : std::nullopt;
}

std::optional<int64_t> to_time(std::string_view text, int64_t now) {
  using namespace literals_detail;
  // A lone number is an instant; with a unit it is one from now.
  if (auto ms = to_integer(text))
    return ms;
  if (auto given = date_and_time(text))
    return given;
  return from_now(text, now);
}

} // namespace tutti::query
