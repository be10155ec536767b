#pragma once

#include "messages/model/query/expression.hpp"
#include "messages/model/result.hpp"

#include <string>
#include <string_view>

namespace tutti::query {

/// Reads a query's text from left to right. Private to this folder.
class scanner {
 public:
  explicit scanner(std::string_view text) : text_(text) {}

  void blanks();
  bool at_end() const { return at_ >= text_.size(); }
  char next() const { return at_end() ? '\0' : text_[at_]; }
  size_t column() const { return at_ + 1; }
  size_t place() const { return at_; }
  void go_back_to(size_t place) { at_ = place; }

  /// Takes this character, after blanks.
  bool take(char c);
  /// Takes this word, in capitals or not, after blanks; what follows is no
  /// letter.
  bool take_word(std::string_view capitals);
  /// The same without taking it.
  bool has_word(std::string_view capitals);
  /// A run of characters up to a blank or one of `ends`.
  std::string_view run(std::string_view ends);

  /// After blanks: a text in quotes, or a run up to a blank or one of `ends`,
  /// with blanks inside if `keeps_blanks`. errc::invalid when there is neither.
  result<literal> value(std::string_view ends, bool keeps_blanks = false);

  /// errc::invalid: "query, column 7: ...".
  failure wrong(std::string sentence) const {
    return wrong_at(column(), std::move(sentence));
  }
  static failure wrong_at(size_t column, std::string sentence) {
    return {errc::invalid, "query, column " + std::to_string(column) + ": "
                               + std::move(sentence)};
  }

 private:
  result<literal> quoted_value();

  std::string_view text_;
  size_t at_ = 0;
};

bool is_blank(char c);
bool is_name_part(char c);

} // namespace tutti::query
