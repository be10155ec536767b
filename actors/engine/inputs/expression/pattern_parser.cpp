#include "actors/engine/inputs/expression/pattern_syntax.hpp"

#include <algorithm>

namespace tutti::engine::pattern_syntax {

namespace pattern_parser_detail {

char32_t other_case(char32_t c) {
  if ((c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z'))
    return c ^ 0x20;
  return c;
}

character_set digits() { return {false, {{U'0', U'9'}}}; }

character_set word() {
  return {false, {{U'0', U'9'}, {U'A', U'Z'}, {U'_', U'_'}, {U'a', U'z'}}};
}

character_set blanks() { return {false, {{U'\t', U'\r'}, {U' ', U' '}}}; }

class parser {
 public:
  parser(std::string_view text, options& o)
      : source_(text), text_(decode(text)), o_(o) {}

  result<node> run() {
    flags();
    auto out = choice();
    if (!out.second && at_ < text_.size())
      out.second = bad("has a ')' too many");
    if (out.second)
      return *out.second;
    return std::move(out.first);
  }

 private:
  // Recursion is bounded by the length of the pattern.
  using outcome = std::pair<node, std::optional<failure>>;

  failure bad(std::string_view why) const {
    return {errc::invalid, "regular expression '" + std::string(source_) + "' "
                               + std::string(why)};
  }
  outcome refuse(std::string_view why) const { return {{}, bad(why)}; }

  bool more() const { return at_ < text_.size(); }
  bool take(char32_t c) {
    if (!more() || text_[at_] != c)
      return false;
    ++at_;
    return true;
  }

  // (?i) and the like, at the start only.
  void flags() {
    if (text_.size() < 4 || text_[0] != U'(' || text_[1] != U'?')
      return;
    auto end = text_.find(U')');
    if (end == text_.npos || end < 3)
      return;
    options o = o_;
    for (auto c : text_.substr(2, end - 2)) {
      if (c == U'i')
        o.ignore_case = true;
      else if (c == U's')
        o.dot_takes_all = true;
      else if (c == U'm')
        o.lines = true;
      else if (c != U'u')
        return;
    }
    o_ = o;
    at_ = end + 1;
  }

  outcome choice() {
    node out{node::kind::choice};
    do {
      auto part = sequence();
      if (part.second)
        return part;
      out.parts.push_back(std::move(part.first));
    } while (take(U'|'));
    return {std::move(out), std::nullopt};
  }

  outcome sequence() {
    node out{node::kind::sequence};
    while (more() && text_[at_] != U'|' && text_[at_] != U')') {
      auto part = repeated();
      if (part.second)
        return part;
      out.parts.push_back(std::move(part.first));
    }
    return {std::move(out), std::nullopt};
  }

  outcome repeated() {
    auto one = atom();
    while (!one.second && more()) {
      int min = 0, max = -1;
      if (take(U'+'))
        min = 1;
      else if (take(U'?'))
        max = 1;
      else if (take(U'{')) {
        if (!bounds(min, max))
          return refuse("has a count that cannot be read");
      } else if (!take(U'*'))
        break;
      // Lazy and greedy are the same when the whole text must match; possessive
      // is not.
      if (take(U'+'))
        return refuse("has a possessive count, which is not supported");
      take(U'?');
      node out{node::kind::repeat};
      out.min = min;
      out.max = max;
      out.parts.push_back(std::move(one.first));
      one.first = std::move(out);
    }
    return one;
  }

  bool bounds(int& min, int& max) {
    if (!number(min))
      return false;
    max = min;
    if (take(U',')) {
      max = -1;
      if (more() && text_[at_] != U'}' && !number(max))
        return false;
    }
    return take(U'}') && (max < 0 || max >= min);
  }

  bool number(int& n) {
    n = 0;
    auto begin = at_;
    for (; more() && text_[at_] >= U'0' && text_[at_] <= U'9'; ++at_)
      if ((n = n * 10 + int(text_[at_] - U'0')) > 1000)
        return false;
    return at_ > begin;
  }

  static outcome of(character_set s) {
    node out{node::kind::set};
    out.set = std::move(s);
    return {std::move(out), std::nullopt};
  }
  static outcome at(anchor where) {
    node out{node::kind::assertion};
    out.where = where;
    return {std::move(out), std::nullopt};
  }

  outcome atom() {
    auto c = text_[at_++];
    switch (c) {
      case U'(':
        return group();
      case U'[':
        return brackets();
      case U'.':
        if (o_.dot_takes_all)
          return of({true, {}});
        return of({true, {{U'\n', U'\n'}, {U'\r', U'\r'}}});
      case U'^':
        return at(o_.lines ? anchor::line_begin : anchor::begin);
      case U'$':
        return at(o_.lines ? anchor::line_end : anchor::end);
      case U'*':
      case U'+':
      case U'?':
      case U'{':
        return refuse("repeats nothing");
      case U'\\':
        return escaped();
      default:
        return of({false, {{c, c}}});
    }
  }

  outcome group() {
    if (take(U'?')) {
      bool named = take(U'P');
      if (!take(U':')) {
        if (!take(U'<') || !more() || text_[at_] == U'=' || text_[at_] == U'!')
          return refuse("looks around, which is not supported");
        while (more() && text_[at_] != U'>')
          ++at_;
        if (!take(U'>'))
          return refuse("has a group name that is not closed");
      } else if (named) {
        return refuse("has a group that cannot be read");
      }
    }
    auto inner = choice();
    if (!inner.second && !take(U')'))
      return refuse("has a '(' that is not closed");
    return inner;
  }

  outcome escaped() {
    if (!more())
      return refuse("ends with a backslash");
    switch (text_[at_]) {
      case U'b':
        ++at_;
        return at(anchor::word);
      case U'B':
        ++at_;
        return at(anchor::not_word);
      case U'A':
        ++at_;
        return at(anchor::begin);
      case U'z':
      case U'Z':
        ++at_;
        return at(anchor::end);
      default:
        break;
    }
    character_set s;
    if (auto why = escape(s))
      return {{}, why};
    return of(std::move(s));
  }

  /// The characters after a backslash, inside or outside of brackets.
  std::optional<failure> escape(character_set& s) {
    auto c = text_[at_++];
    auto except = [](character_set inside) {
      inside.negated = true;
      return inside;
    };
    switch (c) {
      case U'd':
        s = digits();
        return std::nullopt;
      case U'D':
        s = except(digits());
        return std::nullopt;
      case U'w':
        s = word();
        return std::nullopt;
      case U'W':
        s = except(word());
        return std::nullopt;
      case U's':
        s = blanks();
        return std::nullopt;
      case U'S':
        s = except(blanks());
        return std::nullopt;
      case U't':
        c = U'\t';
        break;
      case U'n':
        c = U'\n';
        break;
      case U'r':
        c = U'\r';
        break;
      case U'f':
        c = U'\f';
        break;
      case U'x':
        if (!hex(2, c))
          return bad("has a character number that cannot be read");
        break;
      case U'u':
        if (!hex(4, c))
          return bad("has a character number that cannot be read");
        break;
      default:
        if (c < 0x80 && isalnum(int(c)))
          return bad("has an escape that is not supported");
    }
    s.add(c, c);
    return std::nullopt;
  }

  bool hex(int length, char32_t& c) {
    c = 0;
    for (int i = 0; i < length; ++i, ++at_) {
      if (!more() || text_[at_] > 0x7f || !isxdigit(int(text_[at_])))
        return false;
      auto d = text_[at_];
      c = c * 16 + (d <= U'9' ? d - U'0' : (d | 0x20) - U'a' + 10);
    }
    return true;
  }

  outcome brackets() {
    character_set out;
    out.negated = take(U'^');
    for (bool first = true; more() && (first || text_[at_] != U']');
         first = false) {
      character_set item;
      if (text_[at_] == U'[' || text_.compare(at_, 2, U"&&") == 0)
        return refuse("combines sets, which is not supported");
      if (take(U'\\')) {
        if (!more())
          break;
        if (auto why = escape(item))
          return {{}, why};
      } else {
        item.add(text_[at_], text_[at_]);
        ++at_;
      }
      bool single = !item.negated && item.ranges.size() == 1
                    && item.ranges[0].first == item.ranges[0].second;
      if (single && at_ + 1 < text_.size() && text_[at_] == U'-'
          && text_[at_ + 1] != U']') {
        ++at_;
        character_set last;
        if (take(U'\\')) {
          if (!more())
            break;
          if (auto why = escape(last))
            return {{}, why};
        } else {
          last.add(text_[at_], text_[at_]);
          ++at_;
        }
        if (last.negated || last.ranges.size() != 1
            || last.ranges[0].first < item.ranges[0].first)
          return refuse("has a range that cannot be read");
        item.ranges[0].second = last.ranges[0].second;
      }
      out.add(item);
    }
    if (!take(U']'))
      return refuse("has a '[' that is not closed");
    return of(std::move(out));
  }

  std::string_view source_;
  std::u32string text_;
  options& o_;
  size_t at_ = 0;
};

} // namespace pattern_parser_detail

// A negated item adds everything outside of its ranges.
void character_set::add(const character_set& other) {
  if (!other.negated) {
    ranges.insert(ranges.end(), other.ranges.begin(), other.ranges.end());
    return;
  }
  auto sorted = other.ranges;
  std::sort(sorted.begin(), sorted.end());
  char32_t next = 0;
  for (auto [from, to] : sorted) {
    if (from > next)
      add(next, from - 1);
    next = to + 1;
  }
  add(next, 0x10FFFF);
}

bool character_set::holds(char32_t c, bool ignore_case) const {
  auto inside = [&](char32_t x) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [x](auto& r) { return r.first <= x && x <= r.second; });
  };
  bool in = inside(c)
            || (ignore_case && inside(pattern_parser_detail::other_case(c)));
  return in != negated;
}

std::u32string decode(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    auto lead = static_cast<unsigned char>(text[i]);
    size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length > 1 && i + length <= text.size()) {
      char32_t c = lead & (0x7F >> length);
      for (size_t k = 1; k < length; ++k)
        c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
      out += c;
    } else {
      out += char32_t(lead);
      length = 1;
    }
    i += length;
  }
  return out;
}

result<node> parse(std::string_view text, options& o) {
  return pattern_parser_detail::parser(text, o).run();
}

} // namespace tutti::engine::pattern_syntax
