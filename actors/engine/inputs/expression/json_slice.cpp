#include "actors/engine/inputs/expression/json_slice.hpp"

#include "actors/engine/inputs/expression/path_syntax.hpp"
#include "messages/model/payload.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace tutti::engine {

namespace json_slice_detail {

using std::string;
using std::string_view;

// Every loop stops at the end of the text: input that claims to be valid may be
// broken. The result may then be wrong, but nothing outside of the text is
// read.
class scanner {
 public:
  explicit scanner(string_view text) : text_(text) {}

  char now() {
    while (at_ < text_.size()
           && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'
               || text_[at_] == '\r'))
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char c) {
    if (now() != c)
      return false;
    ++at_;
    return true;
  }

  /// The string at the cursor without its quotes.
  string_view quoted() {
    size_t begin = ++at_;
    // Most strings are short: scan their bytes here, without a call.
    for (size_t near = std::min(text_.size(), at_ + 24); at_ < near; ++at_) {
      if (text_[at_] == '\\')
        break;
      if (text_[at_] == '"')
        return text_.substr(begin, at_++ - begin);
    }
    while (at_ < text_.size()) {
      auto found = static_cast<const char*>(
          std::memchr(text_.data() + at_, '"', text_.size() - at_));
      if (!found)
        break;
      auto quote = size_t(found - text_.data());
      size_t slashes = 0;
      while (quote - slashes > begin && text_[quote - slashes - 1] == '\\')
        ++slashes;
      at_ = quote + 1;
      if (slashes % 2 == 0)
        return text_.substr(begin, quote - begin);
    }
    at_ = text_.size();
    return text_.substr(std::min(begin, at_));
  }

  /// The text of the value at the cursor; moves the cursor past it.
  string_view value() {
    char c = now();
    size_t begin = at_;
    if (c == '"') {
      quoted();
    } else if (c == '{' || c == '[') {
      size_t depth = 0;
      for (;;) {
        while (at_ < text_.size() && !is_structure(text_[at_]))
          ++at_;
        if (at_ == text_.size())
          break;
        switch (text_[at_]) {
          case '"':
            quoted();
            continue;
          case '{':
          case '[':
            ++depth;
            break;
          case '}':
          case ']':
            --depth;
            break;
          default:
            break;
        }
        ++at_;
        if (depth == 0)
          break;
      }
    } else {
      while (at_ < text_.size() && !std::strchr(",]} \n\t\r", text_[at_]))
        ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  bool done() { return now() == '\0'; }

 private:
  static bool is_structure(char c) {
    static constexpr auto table = [] {
      std::array<bool, 256> t{};
      for (unsigned char s : {'"', '{', '}', '[', ']'})
        t[s] = true;
      return t;
    }();
    return table[static_cast<unsigned char>(c)];
  }

  string_view text_;
  size_t at_ = 0;
};

bool is_name(string_view raw, string_view name) {
  if (raw.find('\\') == raw.npos)
    return raw == name;
  return path_syntax::unescape(raw) == name;
}

// Java's Double.toString: shortest digits, plain between 10^-3 and 10^7.
void append_java_double(string& out, double value) {
  if (value == 0) {
    out += std::signbit(value) ? "-0.0" : "0.0";
    return;
  }
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof digits, value,
                           std::chars_format::scientific)
                 .ptr;
  string_view text(digits, size_t(end - digits));
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  auto e = text.find('e');
  if (e == text.npos) { // infinity: the number exceeds a double
    out += "Infinity";
    return;
  }
  int exponent = 0;
  auto sign = text.substr(e + 1);
  if (sign.front() == '+')
    sign.remove_prefix(1);
  std::from_chars(sign.data(), sign.data() + sign.size(), exponent);
  string plain(text.substr(0, 1));
  if (e > 2)
    plain += text.substr(2, e - 2);
  if (exponent >= 7 || exponent < -3) {
    out += plain[0];
    out += '.';
    out += plain.size() > 1 ? plain.substr(1) : "0";
    out += 'E';
    out += std::to_string(exponent);
  } else if (exponent < 0) {
    out += "0.";
    out.append(size_t(-exponent - 1), '0');
    out += plain;
  } else {
    auto whole = size_t(exponent) + 1;
    if (plain.size() < whole)
      plain.append(whole - plain.size(), '0');
    out.append(plain, 0, whole);
    out += '.';
    out += plain.size() > whole ? plain.substr(whole) : "0";
  }
}

void append_java_scalar(string& out, string_view token) {
  // Integers of any size are printed as written.
  if (token.find_first_of(".eE") == token.npos || token == "true"
      || token == "false") {
    out += token;
    return;
  }
  double value = 0;
  auto [end, error]
      = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error == std::errc() && end == token.data() + token.size())
    append_java_double(out, value);
  else
    out += token;
}

} // namespace json_slice_detail

std::optional<std::string_view> member_of(std::string_view json,
                                          std::string_view name) {
  json_slice_detail::scanner s(json);
  if (!s.take('{'))
    return std::nullopt;
  std::optional<std::string_view> found;
  while (s.now() == '"') {
    auto key = s.quoted();
    if (!s.take(':'))
      break;
    auto value = s.value();
    if (json_slice_detail::is_name(key, name))
      found = value;
    if (!s.take(','))
      break;
  }
  return found;
}

std::optional<std::string_view> element_of(std::string_view json,
                                           size_t index) {
  json_slice_detail::scanner s(json);
  if (!s.take('[') || s.now() == ']')
    return std::nullopt;
  for (size_t i = 0; !s.done(); ++i) {
    auto value = s.value();
    if (i == index)
      return value;
    if (!s.take(','))
      break;
  }
  return std::nullopt;
}

void append_java_text(std::string& out, std::string_view json) {
  json_slice_detail::scanner s(json);
  // No recursion: brackets, commas and colons translate one by one.
  while (char c = s.now()) {
    switch (c) {
      case '{':
      case '}':
      case '[':
      case ']':
        s.take(c);
        out += c;
        break;
      case ',':
        s.take(c);
        out += ", ";
        break;
      case ':':
        s.take(c);
        out += '=';
        break;
      case '"': {
        auto raw = s.quoted();
        if (raw.find('\\') == raw.npos)
          out += raw;
        else
          out += path_syntax::unescape(raw);
        break;
      }
      default: {
        auto token = s.value();
        if (token.empty())
          return; // not JSON; `value` cannot advance
        json_slice_detail::append_java_scalar(out, token);
      }
    }
  }
}

} // namespace tutti::engine
