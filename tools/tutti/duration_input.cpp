#include "tools/tutti/duration_input.hpp"

#include <charconv>
#include <ctime>
#include <iomanip>
#include <sstream>

namespace tutti::cli {

namespace duration_input_detail {

constexpr int64_t duration_max_ms = 1'000'000'000'000'000;
/// Digits of an epoch in ms since 2001; fewer are a duration.
constexpr size_t epoch_digits_min = 12;

int64_t unit_ms(std::string_view name) {
  if (name.empty() || name == "s")
    return 1'000;
  if (name == "ms")
    return 1;
  if (name == "m")
    return 60'000;
  if (name == "h")
    return 3'600'000;
  return name == "d" ? 86'400'000 : 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace duration_input_detail

std::optional<int64_t> read_duration_ms(std::string_view text) {
  using namespace duration_input_detail;
  if (text.empty())
    return std::nullopt;
  int64_t out = 0;
  while (!text.empty()) {
    int64_t count = 0;
    auto [end, why]
        = std::from_chars(text.data(), text.data() + text.size(), count);
    if (why != std::errc() || !is_digit(text.front()))
      return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters]))
      ++letters;
    auto unit = unit_ms(text.substr(0, letters));
    if (unit == 0 || count > duration_max_ms / unit
        || out + count * unit > duration_max_ms)
      return std::nullopt;
    out += count * unit;
    text.remove_prefix(letters);
  }
  return out;
}

std::optional<int64_t> read_moment_ms(std::string_view text, int64_t now_ms) {
  using namespace duration_input_detail;
  if (text.size() >= epoch_digits_min
      && text.find_first_not_of("0123456789") == text.npos) {
    int64_t out = 0;
    auto [end, why]
        = std::from_chars(text.data(), text.data() + text.size(), out);
    return why == std::errc() ? std::optional(out) : std::nullopt;
  }
  if (auto ago = read_duration_ms(text))
    return now_ms - *ago;
  bool utc = text.ends_with('Z');
  std::string plain(text.substr(0, text.size() - (utc ? 1 : 0)));
  for (auto* form : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M",
                     "%Y-%m-%d"}) {
    tm parts{};
    parts.tm_isdst = -1;
    std::istringstream in(plain);
    in >> std::get_time(&parts, form);
    if (in.fail() || in.peek() != std::istringstream::traits_type::eof())
      continue;
    auto seconds = utc ? timegm(&parts) : mktime(&parts);
    return static_cast<int64_t>(seconds) * 1'000;
  }
  return std::nullopt;
}

std::string check_duration(const std::string& text) {
  return read_duration_ms(text) ? ""
                                : "'" + text
                                      + "' is no duration such as 90s, 5m, "
                                        "1h30m, 2d";
}

std::string check_moment(const std::string& text) {
  return read_moment_ms(text, 0) ? ""
                                 : "'" + text
                                       + "' is no time such as 2h (ago), "
                                         "2026-03-01 or 2026-03-01T12:00:00Z";
}

} // namespace tutti::cli
