#include "actors/engine/inputs/expression/path_syntax.hpp"

#include <array>
#include <charconv>

namespace tutti::engine::path_syntax {

namespace path_parser_detail {

using std::string;
using std::string_view;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

string_view trim(string_view s) {
  while (!s.empty() && is_blank(s.front()))
    s.remove_prefix(1);
  while (!s.empty() && is_blank(s.back()))
    s.remove_suffix(1);
  return s;
}

function function_named(string_view name) {
  static constexpr std::array<std::pair<string_view, function>, 13> names{{
      {"length", function::length},
      {"size", function::length},
      {"min", function::min},
      {"max", function::max},
      {"avg", function::avg},
      {"sum", function::sum},
      {"stddev", function::stddev},
      {"keys", function::keys},
      {"concat", function::concat},
      {"append", function::append},
      {"first", function::first},
      {"last", function::last},
      {"index", function::index},
  }};
  for (auto& [text, what] : names)
    if (text == name)
      return what;
  return function::unknown;
}

class parser {
 public:
  parser(string_view text, int nesting) : text_(text), nesting_(nesting) {}

  result<std::shared_ptr<const path>> run() {
    auto out = std::make_shared<path>();
    if (text_.size() > path_bytes_max)
      return bad("is longer than " + std::to_string(path_bytes_max) + " bytes");
    if (nesting_ > nesting_max)
      return bad("nests paths too deeply");
    text_ = trim(text_);
    if (text_.empty())
      return bad("is empty");
    if (text_.back() == '.')
      return bad("must not end with '.'");
    if (text_.front() == '$' || text_.front() == '@') {
      // `@` is the candidate inside of a filter, and the document outside of
      // one.
      out->absolute = text_.front() == '$' || nesting_ == 0;
      at_ = 1;
      if (at_ < text_.size() && text_[at_] != '.' && text_[at_] != '[')
        return bad("needs '.' or '[' after its root");
    } else if (text_.front() == '.') {
      // "$." + ".x": a scan from the root, as upstream reads it.
      if (!starts_with_scan(*out))
        return bad("must not start with '.'");
    } else if (auto first = name_or_call(*out); !first) {
      return first.failure();
    }
    while (at_ < text_.size())
      if (auto next = one(*out); !next)
        return next.failure();
    if (!out->segments.empty()
        && std::holds_alternative<descend>(out->segments.back()))
      return bad("must not end with '..'");
    finish(*out);
    return std::shared_ptr<const path>(std::move(out));
  }

 private:
  failure bad(string_view why) const {
    return {errc::invalid,
            "JSON path '" + string(text_.substr(0, 200)) + "' " + string(why)};
  }

  bool starts_with_scan(path& out) {
    if (text_.size() < 2 || text_[1] == '.')
      return false;
    out.segments.push_back(descend{});
    at_ = 1;
    return true;
  }

  result<done> one(path& out) {
    if (text_[at_] == '[')
      return bracket(out);
    if (text_[at_] == '.') {
      ++at_;
      if (at_ < text_.size() && text_[at_] == '.') {
        ++at_;
        out.segments.push_back(descend{});
      }
      if (at_ >= text_.size() || text_[at_] == '.')
        return bad("has a misplaced '.'");
      if (text_[at_] == '[')
        return bracket(out);
    }
    return name_or_call(out);
  }

  // `name`, `*` or `name(…)`; a hyphen and most other signs are part of names.
  result<done> name_or_call(path& out) {
    if (text_[at_] == '*') {
      ++at_;
      out.segments.push_back(wildcard{});
      return done{};
    }
    if (text_[at_] == '[')
      return bracket(out);
    size_t end = at_;
    while (end < text_.size() && text_[end] != '.' && text_[end] != '['
           && text_[end] != '(') {
      if (text_[end] == ' ')
        return bad("has a blank in a name: use ['…'] for such names");
      ++end;
    }
    if (end == at_)
      return bad("has an empty name");
    string name(text_.substr(at_, end - at_));
    at_ = end;
    if (at_ == text_.size() || text_[at_] != '(') {
      out.segments.push_back(child{{std::move(name)}});
      return done{};
    }
    ++at_;
    size_t used = 0;
    auto arguments = parse_arguments(text_.substr(at_), used, nesting_);
    if (!arguments)
      return arguments.failure();
    at_ += used;
    out.segments.push_back(call{function_named(name), std::move(*arguments)});
    return done{};
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_]))
      ++at_;
  }

  result<done> bracket(path& out) {
    ++at_;
    skip_blanks();
    if (at_ >= text_.size())
      return bad("has a '[' that is not closed");
    switch (text_[at_]) {
      case '\'':
      case '"':
        return names(out);
      case '*':
        ++at_;
        out.segments.push_back(wildcard{});
        return close();
      case '?':
        return predicate(out);
      default:
        return numbers(out);
    }
  }

  result<done> close() {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != ']')
      return bad("has a '[' that is not closed");
    ++at_;
    return done{};
  }

  result<done> names(path& out) {
    child c;
    for (;;) {
      skip_blanks();
      if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"'))
        return bad("needs a quoted name here");
      char quote = text_[at_++];
      size_t begin = at_;
      while (at_ < text_.size() && text_[at_] != quote)
        at_ += text_[at_] == '\\' ? 2 : 1;
      if (at_ >= text_.size())
        return bad("has a name whose quote is not closed");
      c.names.push_back(unescape(text_.substr(begin, at_ - begin)));
      ++at_;
      skip_blanks();
      if (at_ >= text_.size() || text_[at_] != ',')
        break;
      ++at_;
    }
    out.segments.push_back(std::move(c));
    return close();
  }

  result<done> predicate(path& out) {
    ++at_;
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '(')
      return bad("needs '(' after '?'");
    ++at_;
    size_t used = 0;
    auto test = parse_condition(text_.substr(at_), used, nesting_);
    if (!test)
      return test.failure();
    at_ += used;
    if (at_ >= text_.size() || text_[at_] != ')')
      return bad("has a filter that is not closed");
    ++at_;
    out.segments.push_back(
        filter{std::make_shared<const condition>(std::move(*test))});
    return close();
  }

  // [1]  [-1]  [0,2]  [1:3]  [:2]  [-2:]
  result<done> numbers(path& out) {
    size_t end = text_.find(']', at_);
    if (end == text_.npos)
      return bad("has a '[' that is not closed");
    auto inside = trim(text_.substr(at_, end - at_));
    at_ = end + 1;
    if (inside.find(':') != inside.npos)
      return ranges(out, inside);
    indices list;
    for (;;) {
      size_t comma = inside.find(',');
      int64_t number = 0;
      if (!read(trim(inside.substr(0, comma)), number))
        return bad("has brackets that hold no name, number or filter");
      list.at.push_back(number);
      if (comma == inside.npos)
        break;
      inside.remove_prefix(comma + 1);
    }
    out.segments.push_back(std::move(list));
    return done{};
  }

  result<done> ranges(path& out, string_view inside) {
    std::array<std::optional<int64_t>, 3> parts;
    size_t count = 0;
    for (;;) {
      size_t colon = inside.find(':');
      auto part = trim(inside.substr(0, colon));
      int64_t number = 0;
      if (count == 3 || (!part.empty() && !read(part, number)))
        return bad("has a slice that cannot be read");
      if (!part.empty())
        parts[count] = number;
      ++count;
      if (colon == inside.npos)
        break;
      inside.remove_prefix(colon + 1);
    }
    if ((!parts[0] && !parts[1]) || parts[2].value_or(1) < 1)
      return bad("has a slice that cannot be read");
    out.segments.push_back(slice{parts[0], parts[1], parts[2].value_or(1)});
    return done{};
  }

  static bool read(string_view text, int64_t& number) {
    auto [end, error]
        = std::from_chars(text.data(), text.data() + text.size(), number);
    // Java's int, which also keeps every later sum in range.
    return error == std::errc() && end == text.data() + text.size()
           && number >= INT32_MIN && number <= INT32_MAX;
  }

  // Computes `definite` and `plain` from the segments.
  static void finish(path& out) {
    bool scans = false;
    std::vector<plain_step> steps;
    bool plain = out.absolute;
    for (size_t i = 0; i < out.segments.size(); ++i) {
      auto& s = out.segments[i];
      bool leaf = i + 1 == out.segments.size();
      if (auto c = std::get_if<child>(&s)) {
        if (c->names.size() == 1)
          steps.push_back({c->names[0]});
        else
          plain = false;
        if (c->names.size() > 1 && !leaf)
          out.definite = false;
      } else if (auto n = std::get_if<indices>(&s)) {
        if (n->at.size() != 1)
          out.definite = false;
        if (n->at.size() == 1 && n->at[0] >= 0)
          steps.push_back({{}, size_t(n->at[0])});
        else
          plain = false;
      } else if (std::holds_alternative<call>(s)) {
        plain = false;
        // A function after `..` takes all matches as one list.
        if (scans)
          out.definite = true;
      } else {
        plain = false;
        out.definite = false;
        scans |= std::holds_alternative<descend>(s);
      }
    }
    if (plain)
      out.plain = std::move(steps);
  }

  string_view text_;
  int nesting_;
  size_t at_ = 0;
};

} // namespace path_parser_detail

result<std::shared_ptr<const path>> parse_path(std::string_view text,
                                               int nesting) {
  return path_parser_detail::parser(text, nesting).run();
}

} // namespace tutti::engine::path_syntax

namespace tutti::engine {

result<json_path> json_path::compile(std::string_view text) {
  auto parsed = path_syntax::parse_path(text);
  if (!parsed)
    return std::move(parsed).failure();
  return json_path(std::move(*parsed));
}

bool json_path::definite() const { return syntax_->definite; }

const std::vector<plain_step>* json_path::plain() const {
  return syntax_->plain ? &*syntax_->plain : nullptr;
}

} // namespace tutti::engine
