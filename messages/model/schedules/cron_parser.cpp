#include "messages/model/schedules/cron_parser.hpp"

#include "messages/model/violations.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace tutti {

namespace cron_detail {

constexpr size_t text_size_max = 500;

constexpr std::pair<std::string_view, std::string_view> macros[] = {
    {"@yearly", "0 0 0 1 1 *"},  {"@annually", "0 0 0 1 1 *"},
    {"@monthly", "0 0 0 1 * *"}, {"@weekly", "0 0 0 * * 0"},
    {"@daily", "0 0 0 * * *"},   {"@midnight", "0 0 0 * * *"},
    {"@hourly", "0 0 * * * *"},
};

std::string upper(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    c = char(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  for (;;) {
    auto end = text.find(at);
    out.push_back(text.substr(0, end));
    if (end == text.npos)
      return out;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  constexpr std::string_view blanks = " \t\r\n";
  for (;;) {
    auto begin = text.find_first_not_of(blanks);
    if (begin == text.npos)
      return out;
    auto end = text.find_first_of(blanks, begin);
    out.push_back(text.substr(begin, end - begin));
    if (end == text.npos)
      return out;
    text.remove_prefix(end);
  }
}

std::string quoted(std::string_view text) {
  return "'" + shortened(text, 60) + "'";
}

} // namespace cron_detail

const cron_expression::parser::field cron_expression::parser::fields[6] = {
    {"seconds", 0, 59, "", false},
    {"minutes", 0, 59, "", false},
    {"hours", 0, 23, "", false},
    {"days of the month", 1, 31, "", true},
    {"months", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", false},
    {"days of the week", 0, 7, "SUNMONTUEWEDTHUFRISAT", true},
};

bool cron_expression::parser::fail(std::string why) {
  if (why_.empty())
    why_ = "field " + std::to_string(at_ + 1) + " (" + fields[at_].name
           + "): " + std::move(why);
  return false;
}

std::string cron_expression::parser::expanded() const {
  auto all = cron_detail::upper(text_);
  for (auto& [name, meaning] : cron_detail::macros)
    if (all == cron_detail::upper(name))
      return std::string(meaning);
  return all;
}

bool cron_expression::parser::read_count(std::string_view text, int min,
                                         int max, int& value) {
  bool digits = !text.empty() && text.size() <= 3
                && std::ranges::all_of(
                    text, [](unsigned char c) { return std::isdigit(c) != 0; });
  value = digits ? std::stoi(std::string(text)) : -1;
  if (digits && value >= min && value <= max)
    return true;
  return fail(cron_detail::quoted(text) + " must be a number from "
              + std::to_string(min) + " to " + std::to_string(max));
}

bool cron_expression::parser::read_value(std::string_view text, int& value) {
  auto& f = fields[at_];
  std::string_view names = f.names;
  for (size_t i = 0; text.size() == 3 && i < names.size(); i += 3)
    if (names.substr(i, 3) == text) {
      value = int(i / 3) + f.min;
      return true;
    }
  return read_count(text, f.min, f.max, value);
}

// "*", "5", "MON-FRI", "*/15", "10-40/5", "5/20"
bool cron_expression::parser::read_item(std::string_view item, uint64_t& bits) {
  auto& f = fields[at_];
  auto slash = item.find('/');
  auto range = item.substr(0, slash);
  int first = f.min, last = f.max, step = 1;
  bool is_week = f.max == 7;
  if (range == "*" || (f.may_ask && range == "?" && slash == item.npos)) {
    last = is_week ? 6 : f.max;
  } else {
    auto hyphen = range.find('-');
    if (!read_value(range.substr(0, hyphen), first))
      return false;
    last = first;
    if (hyphen != range.npos) {
      if (!read_value(range.substr(hyphen + 1), last))
        return false;
      // As the beginning of a range Sunday is 0.
      if (is_week && first == 7)
        first = 0;
      // SUN as its end is 7.
      if (is_week && last == 0 && first > 0)
        last = 7;
    } else if (slash != item.npos) {
      last = f.max;
    }
  }
  if (last < first)
    return fail("the range " + cron_detail::quoted(range)
                + " ends before it begins");
  if (slash != item.npos && !read_count(item.substr(slash + 1), 1, 999, step))
    return false;
  for (int i = first; i <= last; i += step)
    bits |= uint64_t{1} << (is_week && i == 7 ? 0 : i);
  return true;
}

bool cron_expression::parser::read_numbers(std::string_view text,
                                           uint64_t& bits) {
  for (auto item : cron_detail::split(text, ','))
    if (!read_item(item, bits))
      return false;
  return true;
}

bool cron_expression::parser::read_month_rule(std::string_view item,
                                              day_rule& rule, bool& is_rule) {
  using kind = day_rule::kind;
  is_rule = item.find_first_of("LW") != item.npos;
  if (!is_rule)
    return true;
  if (item == "LW") {
    rule.what = kind::last_workday;
    return true;
  }
  if (item.front() == 'L') {
    rule.what = kind::from_last;
    if (item.size() == 1)
      return true;
    if (item[1] == '-')
      return read_count(item.substr(2), 1, 30, rule.n);
  } else if (item.back() == 'W') {
    rule.what = kind::nearest_workday;
    return read_count(item.substr(0, item.size() - 1), 1, 31, rule.day);
  }
  return fail(cron_detail::quoted(item) + " is not one of L, L-3, LW and 15W");
}

bool cron_expression::parser::read_week_rule(std::string_view item,
                                             day_rule& rule, bool& is_rule) {
  using kind = day_rule::kind;
  auto hash = item.find('#');
  bool last = item.size() > 1 && item.back() == 'L';
  is_rule = hash != item.npos || last || item == "L";
  if (!is_rule)
    return true;
  if (item == "L")
    return fail("'L' needs a day of the week before it, as in 5L");
  rule.what = last ? kind::last_weekday : kind::nth_weekday;
  auto day = last ? item.substr(0, item.size() - 1) : item.substr(0, hash);
  if (!read_value(day, rule.day))
    return false;
  rule.day %= 7;
  return last || read_count(item.substr(hash + 1), 1, 5, rule.n);
}

bool cron_expression::parser::read_days(std::string_view text, day_set& days) {
  uint64_t bits = 0;
  for (auto item : cron_detail::split(text, ',')) {
    day_rule rule{};
    bool is_rule = false;
    bool good = at_ == 3 ? read_month_rule(item, rule, is_rule)
                         : read_week_rule(item, rule, is_rule);
    if (!good)
      return false;
    if (is_rule)
      days.rules.push_back(rule);
    else if (!read_item(item, bits))
      return false;
  }
  days.bits = uint32_t(bits);
  return true;
}

result<cron_expression> cron_expression::parser::parse() {
  using cron_detail::quoted;
  auto wrong = [&](const std::string& why) {
    return failure{errc::invalid,
                   "cron expression " + quoted(text_) + ": " + why};
  };
  if (text_.size() > cron_detail::text_size_max)
    return wrong("it is longer than "
                 + std::to_string(cron_detail::text_size_max) + " characters");
  auto all = expanded();
  auto parts = cron_detail::words(all);
  if (parts.size() != 6)
    return wrong("it has " + std::to_string(parts.size())
                 + " fields instead of 6 (seconds, minutes, hours, days of "
                   "the month, months, days of the week)");
  cron_expression out;
  uint64_t bits[6] = {};
  bool good = true;
  for (at_ = 0; good && at_ < 6; ++at_) {
    if (at_ == 3)
      good = read_days(parts[at_], out.month_days_);
    else if (at_ == 5)
      good = read_days(parts[at_], out.week_days_);
    else
      good = read_numbers(parts[at_], bits[at_]);
  }
  if (!good)
    return wrong(why_);
  out.seconds_ = bits[0];
  out.minutes_ = bits[1];
  out.hours_ = uint32_t(bits[2]);
  out.months_ = uint32_t(bits[4]);
  // Years of 28 in a row are of every kind.
  bool ever = false;
  for (int64_t year = 2000; !ever && year < 2028; ++year)
    for (int month = 1; !ever && month <= 12; ++month)
      ever = out.days_of(year, month) != 0;
  if (!ever)
    return wrong("it never fires, because no day of the calendar matches "
                 "fields 4 to 6");
  return out;
}

result<cron_expression> cron_expression::parse(std::string_view text) {
  return parser(text).parse();
}

} // namespace tutti
