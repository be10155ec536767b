#include "api/rest/routes/firing_query.hpp"

#include "messages/model/violations.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace tutti::rest {

namespace firing_query_detail {

constexpr std::array<std::string_view, 7> texts
    = {"scheduleName", "workflowName", "workflowId", "executionId",
       "state",        "outcome",      "cause"};
constexpr std::array<std::string_view, 2> times
    = {"scheduledTime", "executionTime"};
constexpr size_t conditions_max = 50, values_max = 1'000;

bool equal_words(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
    return std::toupper(x) == std::toupper(y);
  });
}

class reader {
 public:
  explicit reader(std::string_view text) : all_(text), left_(text) {}

  result<std::vector<firing_condition>> read() {
    std::vector<firing_condition> out;
    while (!at_end()) {
      firing_condition one;
      if ((!out.empty() || read_any_) && !skip_word("AND"))
        return wrong("conditions are joined by AND");
      read_any_ = true;
      if (!read_condition(one))
        return wrong(why_);
      if (!is_known(one.field))
        continue;
      if (out.size() == conditions_max)
        return wrong("it has too many conditions");
      out.push_back(std::move(one));
    }
    return out;
  }

 private:
  failure wrong(std::string_view why) const {
    return {errc::invalid, "query '" + shortened(all_, 200)
                               + "' cannot be read: " + std::string(why)
                               + " (near '" + shortened(left_, 30) + "')"};
  }
  bool fail(const char* why) {
    why_ = why;
    return false;
  }

  static bool is_known(std::string_view field) {
    return std::ranges::find(texts, field) != texts.end()
           || std::ranges::find(times, field) != times.end();
  }

  void blanks() {
    while (!left_.empty() && std::isspace(static_cast<unsigned char>(left_[0])))
      left_.remove_prefix(1);
  }
  bool at_end() {
    blanks();
    return left_.empty();
  }
  bool skip(std::string_view sign) {
    blanks();
    if (left_.substr(0, sign.size()) != sign)
      return false;
    left_.remove_prefix(sign.size());
    return true;
  }
  static bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'
           || c == '.' || c == '-';
  }
  std::string_view word() {
    blanks();
    size_t n = 0;
    while (n < left_.size() && is_word(left_[n]))
      ++n;
    auto out = left_.substr(0, n);
    left_.remove_prefix(n);
    return out;
  }
  bool skip_word(std::string_view wanted) {
    auto before = left_;
    if (equal_words(word(), wanted))
      return true;
    left_ = before;
    return false;
  }

  bool read_condition(firing_condition& x) {
    using relation = firing_condition::relation;
    x.field = word();
    if (x.field.empty())
      return fail("a condition begins with a field");
    if (skip_word("IN"))
      return read_list(x);
    constexpr std::pair<std::string_view, relation> signs[]
        = {{"!=", relation::is_not},   {"<=", relation::at_most},
           {">=", relation::at_least}, {"<", relation::less},
           {">", relation::more},      {"=", relation::is}};
    for (auto& [sign, how] : signs)
      if (skip(sign)) {
        x.how = how;
        return read_value(x, "");
      }
    return fail("the operators are = != < <= > >= and IN");
  }

  bool read_list(firing_condition& x) {
    if (!skip("("))
      return fail("IN needs a list in parentheses");
    do {
      if (x.values.size() == values_max)
        return fail("the list is too long");
      if (!read_value(x, ",)"))
        return false;
    } while (skip(","));
    return skip(")") || fail("the list has no end");
  }

  /// Quoted, or up to a blank or one of `ends`.
  bool read_value(firing_condition& x, std::string_view ends) {
    blanks();
    std::string value;
    if (!left_.empty() && (left_[0] == '\'' || left_[0] == '"')) {
      auto end = left_.find(left_[0], 1);
      if (end == left_.npos)
        return fail("a quoted text has no end");
      value = left_.substr(1, end - 1);
      left_.remove_prefix(end + 1);
    } else {
      size_t n = 0;
      while (n < left_.size() && ends.find(left_[n]) == ends.npos
             && !std::isspace(static_cast<unsigned char>(left_[n])))
        ++n;
      value = left_.substr(0, n);
      left_.remove_prefix(n);
      if (value.empty())
        return fail("a value is missing");
    }
    bool is_time = std::ranges::find(times, x.field) != times.end();
    bool digits = !value.empty() && value.size() <= 18
                  && std::ranges::all_of(value, [](unsigned char c) {
                       return std::isdigit(c) != 0;
                     });
    if (is_time && !digits)
      return fail("a time is a number of milliseconds");
    x.values.push_back(std::move(value));
    return true;
  }

  std::string_view all_, left_;
  const char* why_ = "";
  bool read_any_ = false;
};

} // namespace firing_query_detail

result<std::vector<firing_condition>> read_firing_query(std::string_view text) {
  return firing_query_detail::reader(text).read();
}

sort_order read_sort(std::string_view text, bool descending_by_default) {
  auto first = text.substr(0, text.find_first_of(",|"));
  auto colon = first.find(':');
  sort_order out{std::string(first.substr(0, colon)), descending_by_default};
  if (!out.field.empty())
    out.descending
        = colon != first.npos
          && firing_query_detail::equal_words(first.substr(colon + 1), "DESC");
  return out;
}

} // namespace tutti::rest
