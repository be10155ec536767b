#pragma once

#include "actors/evaluators/frame.hpp"
#include "tools/evaluator/wide_integers.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tutti::evaluator {

/// Writes one JSON value with bounds on size and depth: a result may be
/// endless, or share a part a million times.
class json_out {
 public:
  explicit json_out(uint32_t bytes_max, const wide_integers* wide = nullptr)
      : bytes_max_(bytes_max), wide_(wide) {}

  /// False once the value exceeds a bound; later output is dropped.
  bool ok() const {
    return text_.size() <= bytes_max_ && !too_deep_ && !past_64_bits_;
  }
  /// Why `ok()` is false.
  std::string complaint() const;

  void literal(std::string_view x) { text_ += x; }
  /// Integral numbers as integers, NaN and infinities as null; a double that
  /// stands for an integer of the input as that integer.
  void number(double x);
  /// The digits of an integer of any size; past 64 bits it is refused.
  void integer(std::string_view digits);
  /// UTF-8 text, quoted and escaped.
  void string(std::string_view utf8);

  /// False when the nesting is too deep; otherwise `leave` must follow.
  bool enter(char bracket);
  void leave(char bracket);

  std::string& text() { return text_; }

 private:
  std::string text_;
  uint32_t bytes_max_, depth_ = 0;
  bool too_deep_ = false, past_64_bits_ = false;
  const wide_integers* wide_;
};

} // namespace tutti::evaluator
