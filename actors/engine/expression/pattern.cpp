#include "actors/engine/expression/pattern.hpp"

#include <regex>
#include <string>

namespace tutti::engine {

struct pattern::machine {
  std::regex regex;
  size_t bytes = 0;
};

result<pattern> pattern::compile(std::string_view text,
                                 std::string_view flags) {
  if (text.size() > pattern_bytes_max)
    return failure{errc::invalid,
                   "a filter's regular expression is longer than "
                       + std::to_string(pattern_bytes_max) + " bytes"};
  // Not `::optimize`d backtracking: the polynomial executor walks all
  // alternatives at once, so that (a+)+b costs no more than a+b.
  auto options = std::regex::ECMAScript | std::regex_constants::__polynomial
                 | std::regex_constants::nosubs;
  if (text.starts_with("(?i)")) {
    options |= std::regex::icase;
    text.remove_prefix(4);
  }
  if (flags.find('i') != flags.npos)
    options |= std::regex::icase;
  try {
    auto m = std::make_shared<machine>();
    m->regex.assign(text.begin(), text.end(), options);
    m->bytes = text.size();
    pattern out;
    out.machine_ = std::move(m);
    return out;
  } catch (const std::regex_error&) {
    return failure{errc::invalid, "a filter's regular expression '"
                                      + std::string(text)
                                      + "' is not one that can be read"};
  }
}

bool pattern::matches(std::string_view text) const {
  if (!machine_ || text.size() > text_bytes_max)
    return false;
  try {
    return std::regex_match(text.begin(), text.end(), machine_->regex);
  } catch (const std::regex_error&) {
    return false; // the library's own bound on complexity
  }
}

size_t pattern::cost(std::string_view text) const {
  return machine_ ? text.size() * (machine_->bytes / 4 + 1) : 1;
}

} // namespace tutti::engine
