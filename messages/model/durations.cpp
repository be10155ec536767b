#include "messages/model/validation.hpp"

#include <array>
#include <cctype>

namespace tutti {

namespace duration_detail {

struct unit {
  int64_t milliseconds;
  std::array<std::string_view, 5> names;
};

// In the order in which they may appear; longer names first.
constexpr std::array<unit, 4> units = {{
    {86'400'000, {"days", "day", "d"}},
    {3'600'000, {"hours", "hour", "hrs", "hr", "h"}},
    {60'000, {"minutes", "minute", "mins", "min", "m"}},
    {1'000, {"seconds", "second", "secs", "sec", "s"}},
}};

void skip_blanks(std::string_view& text) {
  while (!text.empty() && std::isspace(uint8_t(text.front())))
    text.remove_prefix(1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The unit's whole name must be matched: "5 mix" is no duration.
bool take_unit(std::string_view& text, const unit& wanted) {
  size_t length = 0;
  while (length < text.size() && std::isalpha(uint8_t(text[length])))
    ++length;
  std::string word(text.substr(0, length));
  for (auto& c : word)
    c = char(std::tolower(uint8_t(c)));
  for (auto name : wanted.names) {
    if (!name.empty() && word == name) {
      text.remove_prefix(length);
      return true;
    }
  }
  return false;
}

} // namespace duration_detail

std::optional<int64_t> parse_duration_ms(std::string_view text) {
  using namespace duration_detail;
  constexpr int64_t most = INT64_MAX / 4;
  int64_t total = 0;
  size_t next = 0;
  bool any = false;
  for (skip_blanks(text); !text.empty(); skip_blanks(text)) {
    int64_t number = 0;
    size_t digits = 0;
    for (; digits < text.size() && is_digit(text[digits]); ++digits) {
      number = number * 10 + (text[digits] - '0');
      if (number > most / units[0].milliseconds)
        return std::nullopt;
    }
    if (digits == 0)
      return std::nullopt;
    text.remove_prefix(digits);
    skip_blanks(text);
    while (next < units.size() && !take_unit(text, units[next]))
      ++next;
    if (next == units.size())
      return std::nullopt;
    total += number * units[next++].milliseconds;
    any = true;
  }
  return any ? std::optional(total) : std::nullopt;
}

} // namespace tutti
