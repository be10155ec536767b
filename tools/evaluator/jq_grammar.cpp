#include "tools/evaluator/jq_grammar.hpp"

namespace tutti::evaluator {

namespace jq_grammar_detail {

using std::string;
using std::string_view;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Copies a filter token by token. It need not understand precedence: only
/// what stands between delimiters matters.
class writer {
 public:
  explicit writer(string_view source) : in_(source) {}

  /// False: it is no filter that this class can read.
  bool all() { return expression(false).empty() && good_ && at_ == in_.size(); }
  string take() { return std::move(out_); }

 private:
  static constexpr int depth_max = 200;

  char peek(size_t ahead = 0) const {
    return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0';
  }
  void copy(size_t count = 1) {
    out_ += in_.substr(at_, count);
    at_ += count;
  }
  bool take_if(char c) {
    if (peek() != c)
      return good_ = false;
    copy();
    return true;
  }
  void blanks() {
    for (;;) {
      auto c = peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        copy();
      else if (c == '#')
        while (at_ < in_.size() && peek() != '\n')
          copy();
      else
        return;
    }
  }
  string_view word_ahead() const {
    auto end = at_;
    if (end < in_.size() && is_letter(in_[end]))
      while (end < in_.size() && (is_letter(in_[end]) || is_digit(in_[end])))
        ++end;
    return in_.substr(at_, end - at_);
  }
  void copy_word() { copy(word_ahead().size()); }

  // Copies up to a delimiter that belongs to somebody around it. The answer is
  // the keyword that ended it, if it was one.
  string_view expression(bool in_object) {
    bool after_term = false;
    if (++depth_ > depth_max)
      good_ = false;
    string_view ended_by;
    while (good_ && at_ < in_.size()) {
      blanks();
      auto c = peek();
      if (c == '\0' || c == ')' || c == ']' || c == '}'
          || (c == ',' && in_object))
        break;
      if (is_letter(c)) {
        ended_by = word();
        if (!ended_by.empty())
          break;
        after_term = true;
        continue;
      }
      after_term = token(c, after_term);
    }
    --depth_;
    return ended_by;
  }

  /// True: a term ends with it.
  bool token(char c, bool after_term) {
    switch (c) {
      case '"':
        text();
        return true;
      case '(':
        group('(', ')');
        return true;
      case '[':
        group('[', ']');
        return true;
      case '{':
        object();
        return true;
      case '$':
      case '@':
        copy();
        copy_word();
        return true;
      case '.':
        return dot(after_term);
      default:
        copy();
        return is_digit(c) || c == '?';
    }
  }

  bool dot(bool after_term) {
    if (after_term && peek(1) == '[') {
      ++at_;
      return true;
    }
    copy();
    if (peek() == '.') // recursion
      copy();
    else
      copy_word(); // a field, whatever its name
    return true;
  }

  void group(char open, char close) {
    if (!take_if(open))
      return;
    if (!expression(false).empty())
      good_ = false;
    take_if(close);
  }

  void text() {
    copy();
    while (good_ && peek() != '"') {
      if (at_ >= in_.size()) {
        good_ = false;
      } else if (peek() != '\\') {
        copy();
      } else if (peek(1) == '(') {
        copy();
        group('(', ')');
      } else {
        copy(2);
      }
    }
    take_if('"');
  }

  /// A keyword that ends what is around it is left to the caller.
  string_view word() {
    auto w = word_ahead();
    if (w == "then" || w == "elif" || w == "else" || w == "end")
      return w;
    if (w == "if") {
      condition();
    } else if (w == "reduce" || w == "foreach") {
      fold();
    } else if (w == "as") {
      copy_word();
      patterns();
    } else {
      copy_word();
      while (peek() == ':' && peek(1) == ':') {
        copy(2);
        copy_word();
      }
    }
    return {};
  }

  void condition() {
    out_ += '(';
    copy_word();
    bool otherwise = false;
    for (;;) {
      auto next = expression(false);
      if (!good_ || next.empty()) {
        good_ = false;
        return;
      }
      otherwise |= next == "else";
      if (next == "end" && !otherwise)
        out_ += " else . ";
      copy_word();
      if (next == "end")
        break;
    }
    out_ += ')';
  }

  // `reduce TERM as PATTERN (...)`
  void fold() {
    out_ += '(';
    copy_word();
    bool after_term = false;
    for (blanks(); good_ && word_ahead() != "as"; blanks()) {
      if (at_ >= in_.size()) {
        good_ = false;
        return;
      }
      auto c = peek();
      if (is_letter(c)) {
        if (!word().empty())
          good_ = false;
        after_term = true;
      } else {
        after_term = token(c, after_term);
      }
    }
    copy_word();
    patterns();
    group('(', ')');
    out_ += ')';
  }

  void patterns() {
    for (bool more = good_; more && good_;) {
      pattern();
      blanks();
      more = in_.substr(at_, 3) == "?//";
      if (more)
        copy(3);
    }
  }

  void pattern() {
    if (++depth_ > depth_max)
      good_ = false;
    blanks();
    auto c = peek();
    if (c == '$') {
      copy();
      copy_word();
    } else if (c == '[') {
      copy();
      members(']', [this] { pattern(); });
    } else if (c == '{') {
      copy();
      members('}', [this] {
        key();
        blanks();
        if (peek() == ':') {
          copy();
          pattern();
        }
      });
    } else {
      copy_word(); // the name of an imported module
    }
    --depth_;
  }

  void object() {
    copy();
    members('}', [this] {
      key();
      blanks();
      if (peek() != ':')
        return;
      copy();
      out_ += '(';
      if (!expression(true).empty())
        good_ = false;
      out_ += ')';
    });
  }

  template <class One>
  void members(char close, One one) {
    for (blanks(); good_ && peek() != close; blanks()) {
      auto before = at_;
      one();
      blanks();
      if (peek() == ',')
        copy();
      else if (peek() != close)
        good_ = false;
      good_ = good_ && at_ > before;
    }
    take_if(close);
  }

  void key() {
    auto c = peek();
    if (c == '(')
      return group('(', ')');
    if (c == '$' || c == '@') {
      copy();
      copy_word();
      blanks();
      c = c == '@' ? peek() : '\0';
    }
    if (c == '"')
      return text();
    if (is_digit(c))
      while (is_digit(peek()))
        copy();
    copy_word();
  }

  string_view in_;
  string out_;
  size_t at_ = 0;
  int depth_ = 0;
  bool good_ = true;
};

} // namespace jq_grammar_detail

std::string as_jq_16(std::string_view source) {
  jq_grammar_detail::writer all(source);
  return all.all() ? all.take() : std::string(source);
}

} // namespace tutti::evaluator
