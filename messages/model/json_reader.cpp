#include "messages/model/json_reader.hpp"

#include "messages/model/json_text.hpp"
#include "messages/model/suggestion.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace tutti {

namespace json_reader_detail {

// Of sentences: what clients name things is not repeated without end.
constexpr size_t name_max = 100, path_max = 1000;

void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += char(c);
  } else if (c < 0x800) {
    out += char(0xC0 | (c >> 6));
    out += char(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += char(0xE0 | (c >> 12));
    out += char(0x80 | ((c >> 6) & 0x3F));
    out += char(0x80 | (c & 0x3F));
  } else {
    out += char(0xF0 | (c >> 18));
    out += char(0x80 | ((c >> 12) & 0x3F));
    out += char(0x80 | ((c >> 6) & 0x3F));
    out += char(0x80 | (c & 0x3F));
  }
}

uint32_t hex4(const char* at) {
  uint32_t x = 0;
  std::from_chars(at, at + 4, x, 16);
  return x;
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool has_outer_blank(std::string_view valid) {
  bool inside = false;
  for (size_t i = 0; i < valid.size(); ++i) {
    char c = valid[i];
    if (inside) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        inside = false;
    } else if (c == '"') {
      inside = true;
    } else if (is_blank(c)) {
      return true;
    }
  }
  return false;
}

// Long text goes to the vectorised code directly: checking first costs more.
std::string compact(std::string_view valid) {
  if (valid.size() > 256 || has_outer_blank(valid))
    return minified(valid);
  return std::string(valid);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

// Integers exactly; fractions and exponents truncate towards zero. False when
// it is not a number or does not fit.
bool to_integer(std::string_view text, int64_t min, int64_t max, int64_t& x) {
  auto end = text.data() + text.size();
  auto whole = std::from_chars(text.data(), end, x);
  if (whole.ec == std::errc() && whole.ptr == end)
    return x >= min && x <= max;
  double fraction = 0;
  auto real = std::from_chars(text.data(), end, fraction);
  if (real.ec != std::errc() || real.ptr != end || !std::isfinite(fraction))
    return false;
  fraction = std::trunc(fraction);
  // Doubles near the limits of 64 bits would round beyond them.
  if (std::abs(fraction) > 9.2e18 || fraction < double(min)
      || fraction > double(max))
    return false;
  x = int64_t(fraction);
  return true;
}

} // namespace json_reader_detail

std::string unescape(std::string_view inside) {
  using namespace json_reader_detail;
  std::string out;
  out.reserve(inside.size());
  auto at = inside.data();
  auto end = at + inside.size();
  while (at != end) {
    auto slash
        = static_cast<const char*>(std::memchr(at, '\\', size_t(end - at)));
    if (!slash) {
      out.append(at, end);
      break;
    }
    out.append(at, slash);
    at = slash + 2;
    switch (slash[1]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u': {
        auto c = hex4(at);
        at += 4;
        if (c >= 0xD800 && c < 0xDC00 && end - at >= 6) {
          c = 0x10000 + ((c - 0xD800) << 10) + (hex4(at + 2) - 0xDC00);
          at += 6;
        }
        append_utf8(out, c);
        break;
      }
      default:
        out += slash[1];
    }
  }
  return out;
}

json_reader::json_reader(std::string_view valid)
    : at_(valid.data()), end_(valid.data() + valid.size()) {
  blanks();
}

json_reader::kind json_reader::peek() const {
  switch (*at_) {
    case '{':
      return kind::object;
    case '[':
      return kind::list;
    case '"':
      return kind::string;
    case 't':
    case 'f':
      return kind::boolean;
    case 'n':
      return kind::null;
    default:
      return kind::number;
  }
}

void json_reader::skip_string() {
  auto from = at_ + 1;
  for (;;) {
    auto quote
        = static_cast<const char*>(std::memchr(from, '"', size_t(end_ - from)));
    auto slash = quote;
    while (slash[-1] == '\\')
      --slash;
    from = quote + 1;
    if ((quote - slash) % 2 == 0)
      break;
  }
  at_ = from;
}

std::string_view json_reader::raw() {
  auto start = at_;
  switch (peek()) {
    case kind::string:
      skip_string();
      break;
    case kind::object:
    case kind::list: {
      size_t depth = 0;
      do {
        char c = *at_;
        if (c == '"') {
          skip_string();
          continue;
        }
        depth += (c == '{') | (c == '[');
        depth -= (c == '}') | (c == ']');
        ++at_;
      } while (depth > 0);
      break;
    }
    default:
      while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']'
             && !json_reader_detail::is_blank(*at_))
        ++at_;
  }
  return {start, size_t(at_ - start)};
}

bool json_reader::read(std::string& x) {
  switch (peek()) {
    case kind::string: {
      auto text = raw();
      auto inside = text.substr(1, text.size() - 2);
      if (inside.find('\\') == std::string_view::npos)
        x = inside;
      else
        x = unescape(inside);
      return true;
    }
    case kind::number:
    case kind::boolean:
      x = raw();
      return true;
    case kind::null:
      x.clear();
      return skip();
    default:
      return fail("must be a string");
  }
}

bool json_reader::read_integer(int64_t min, int64_t max, int64_t& x) {
  using namespace json_reader_detail;
  std::string quoted;
  std::string_view text;
  switch (peek()) {
    case kind::null:
      x = 0;
      return skip();
    case kind::number:
      text = raw();
      break;
    case kind::string:
      read(quoted);
      text = trimmed(quoted);
      if (text.empty()) {
        x = 0;
        return true;
      }
      break;
    default:
      return fail("must be a number");
  }
  if (to_integer(text, min, max, x))
    return true;
  return fail(max == std::numeric_limits<int32_t>::max()
                  ? "must be a 32-bit integer"
                  : "must be a 64-bit integer");
}

bool json_reader::read(int64_t& x) {
  using limits = std::numeric_limits<int64_t>;
  return read_integer(limits::min(), limits::max(), x);
}

bool json_reader::read(int32_t& x) {
  using limits = std::numeric_limits<int32_t>;
  int64_t wide = 0;
  if (!read_integer(limits::min(), limits::max(), wide))
    return false;
  x = int32_t(wide);
  return true;
}

bool json_reader::read(bool& x) {
  switch (peek()) {
    case kind::null:
      x = false;
      return skip();
    case kind::boolean:
      x = raw() == "true";
      return true;
    case kind::number: {
      int64_t number = 0;
      if (!read(number))
        return false;
      x = number != 0;
      return true;
    }
    case kind::string: {
      std::string text;
      read(text);
      if (text == "true" || text == "True" || text == "TRUE")
        x = true;
      else if (text == "false" || text == "False" || text == "FALSE"
               || text.empty())
        x = false;
      else
        return fail("must be true or false");
      return true;
    }
    default:
      return fail("must be true or false");
  }
}

bool json_reader::read(payload& x) {
  if (is_null()) {
    x = payload();
    return skip();
  }
  if (*at_ != '{')
    return fail("must be an object");
  x = any();
  return true;
}

payload json_reader::any() {
  auto text = raw();
  if (text == "{}")
    return payload();
  return payload::trusted(json_reader_detail::compact(text));
}

bool json_reader::fail(std::string rule) {
  rule_ = shortened(rule, violations::characters_max);
  return false;
}

size_t json_reader::enter(std::string_view key) {
  auto outside = place_.size();
  if (outside > 0)
    place_ += '.';
  place_ += shortened(key, json_reader_detail::name_max);
  return outside;
}

size_t json_reader::enter(size_t index) {
  auto outside = place_.size();
  place_.append("[").append(std::to_string(index)).append("]");
  return outside;
}

bool json_reader::skip_unknown(std::string_view key,
                               const std::vector<std::string>& known) {
  // "$schema" and names that begin with "x-" are notes of editors and tools.
  if (unknown_ && key != "$schema" && !key.starts_with("x-")) {
    auto sentence = "property " + short_name(key) + " is not known";
    if (unknown_->count() < violations::shown_max)
      if (auto meant = closest(key, known); !meant.empty())
        sentence.append("; did you mean '").append(meant).append("'?");
    // The place of the object that holds it.
    auto around = std::string_view(place_);
    if (auto name = shortened(key, json_reader_detail::name_max);
        around.ends_with(name))
      around.remove_suffix(name.size());
    if (around.ends_with('.'))
      around.remove_suffix(1);
    unknown_->add(std::string(around), std::move(sentence));
  }
  return skip();
}

void json_reader::unwind(std::string_view key) {
  path_ = "." + shortened(key, json_reader_detail::name_max)
          + shortened(path_, json_reader_detail::path_max);
}

void json_reader::unwind(size_t index) {
  path_ = "[" + std::to_string(index) + "]"
          + shortened(path_, json_reader_detail::path_max);
}

failure json_reader::failure(std::string_view what) const {
  std::string sentence(what);
  if (path_.empty())
    return {errc::invalid, sentence + " " + rule_};
  auto path = std::string_view(path_);
  if (path.front() == '.')
    path.remove_prefix(1);
  return {errc::invalid,
          sentence + ": property '" + std::string(path) + "' " + rule_};
}

} // namespace tutti
