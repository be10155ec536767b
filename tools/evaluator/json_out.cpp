#include "tools/evaluator/json_out.hpp"

#include <charconv>
#include <cmath>

namespace tutti::evaluator {

std::string json_out::complaint() const {
  if (too_deep_)
    return "the result is nested deeper than "
           + std::to_string(evaluators::result_depth_max) + " levels";
  return "the result is larger than " + std::to_string(bytes_max_) + " bytes";
}

void json_out::number(double x) {
  constexpr double int64_end = 9223372036854775808.0;
  if (!std::isfinite(x))
    return literal("null");
  char room[40];
  auto end = x == std::trunc(x) && x >= -int64_end && x < int64_end
                 ? std::to_chars(room, room + sizeof room, int64_t(x))
                 : std::to_chars(room, room + sizeof room, x);
  text_.append(room, end.ptr);
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
