#include "tools/evaluator/json_out.hpp"

#include <charconv>
#include <cmath>

namespace tutti::evaluator {

std::string json_out::complaint() const {
  if (past_64_bits_)
    return "the result has an integer that does not fit 64 bits: make it a "
           "text";
  if (too_deep_)
    return "the result is nested deeper than "
           + std::to_string(evaluators::result_depth_max) + " levels";
  return "the result is larger than " + std::to_string(bytes_max_) + " bytes";
}

void json_out::number(double x) {
  constexpr double int64_end = 9223372036854775808.0;
  if (!std::isfinite(x))
    return literal("null");
  if (auto* digits = wide_ ? wide_->of(x) : nullptr)
    return literal(*digits);
  char room[40];
  bool integral = x == std::trunc(x);
  auto end = integral && x >= -int64_end && x < int64_end
                 ? std::to_chars(room, room + sizeof room, int64_t(x))
             : integral && x >= 0 && x < 2 * int64_end
                 ? std::to_chars(room, room + sizeof room, uint64_t(x))
             : integral // never as an integer past 64 bits
                 ? std::to_chars(room, room + sizeof room, x,
                                 std::chars_format::scientific)
                 : std::to_chars(room, room + sizeof room, x);
  text_.append(room, end.ptr);
}

void json_out::integer(std::string_view digits) {
  bool negative = digits.starts_with('-');
  uint64_t size = 0;
  auto end = digits.data() + digits.size();
  auto got = std::from_chars(digits.data() + negative, end, size);
  if (got.ec != std::errc() || (negative && size > uint64_t(1) << 63))
    past_64_bits_ = true;
  literal(digits);
}

void json_out::string(std::string_view utf8) {
  constexpr char hex[] = "0123456789abcdef";
  text_ += '"';
  for (char c : utf8) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (byte < 0x20) {
      text_ += "\\u00";
      text_ += hex[byte >> 4];
      text_ += hex[byte & 15];
    } else {
      text_ += c;
    }
  }
  text_ += '"';
}

bool json_out::enter(char bracket) {
  text_ += bracket;
  if (++depth_ > evaluators::result_depth_max)
    too_deep_ = true;
  return ok();
}

void json_out::leave(char bracket) {
  --depth_;
  text_ += bracket;
}

} // namespace tutti::evaluator
