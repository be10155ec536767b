#pragma once

#include "messages/model/schedules/cron_expression.hpp"

#include <string>

namespace tutti {

/// Reads the six fields of an expression, each with its own rules.
class cron_expression::parser {
 public:
  explicit parser(std::string_view text) : text_(text) {}
  result<cron_expression> parse();

 private:
  struct field {
    const char* name;
    int min, max;
    const char* names; ///< three letters each, from `min` on; or empty
    bool may_ask;      ///< `?` stands for any
  };
  static const field fields[6];

  std::string expanded() const;
  bool read_numbers(std::string_view text, uint64_t& bits);
  bool read_days(std::string_view text, day_set& days);
  bool read_item(std::string_view item, uint64_t& bits);
  bool read_rule(std::string_view item, day_set& days, bool& is_rule);
  bool read_month_rule(std::string_view item, day_rule& rule, bool& is_rule);
  bool read_week_rule(std::string_view item, day_rule& rule, bool& is_rule);
  bool read_value(std::string_view text, int& value);
  bool read_count(std::string_view text, int min, int max, int& value);
  bool fail(std::string why);

  std::string_view text_;
  size_t at_ = 0; ///< the field at hand
  std::string why_;
};

} // namespace tutti
