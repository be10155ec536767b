#include "messages/model/time_zones.hpp"
#include "messages/model/validation.hpp"

namespace tutti {

namespace until_detail {

void skip_blanks(std::string_view& text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
}

std::optional<int> number(std::string_view& text, size_t digits_max) {
  size_t digits = 0;
  int value = 0;
  while (digits < text.size() && digits < digits_max && text[digits] >= '0'
         && text[digits] <= '9')
    value = value * 10 + (text[digits++] - '0');
  if (digits == 0)
    return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool sign(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted)
    return false;
  text.remove_prefix(1);
  return true;
}

// Days since the epoch.
std::optional<int64_t> date(std::string_view& text) {
  auto year = number(text, 4);
  if (!year || !sign(text, '-'))
    return std::nullopt;
  auto month = number(text, 2);
  if (!month || !sign(text, '-'))
    return std::nullopt;
  auto day = number(text, 2);
  return day ? days_since_epoch(*year, *month, *day) : std::nullopt;
}

// Minutes of the day.
std::optional<int> clock(std::string_view& text) {
  auto hour = number(text, 2);
  if (!hour || *hour > 23 || !sign(text, ':'))
    return std::nullopt;
  auto minute = number(text, 2);
  if (!minute || *minute > 59)
    return std::nullopt;
  return *hour * 60 + *minute;
}

} // namespace until_detail

std::optional<int64_t> parse_until_ms(std::string_view text) {
  using namespace until_detail;
  skip_blanks(text);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  auto day = date(text);
  if (!day)
    return std::nullopt;
  std::optional<int> minutes = 0;
  if (!text.empty()) {
    if (!sign(text, ' '))
      return std::nullopt;
    skip_blanks(text);
    minutes = clock(text);
    if (!minutes || (!text.empty() && !sign(text, ' ')))
      return std::nullopt;
    skip_blanks(text);
  }
  auto seconds = to_epoch_seconds(*day * 86400 + *minutes * 60, text);
  if (!seconds)
    return std::nullopt;
  return *seconds * 1000;
}

} // namespace tutti
