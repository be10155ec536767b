#include "messages/model/json_writer.hpp"

#include "messages/model/codec.hpp"

#include <array>
#include <cstring>

namespace tutti {

namespace json_writer_detail {

// 0: written as it is. Control characters, quotes, backslashes and bytes that
// are not ASCII are special.
constexpr auto special = [] {
  std::array<uint8_t, 256> table{};
  for (size_t i = 0; i < 256; ++i)
    table[i] = i < 0x20 || i >= 0x80 || i == '"' || i == '\\';
  return table;
}();

// Number of leading bytes that are written as they are; tests eight bytes at a
// time, the table tests the rest.
size_t plain_prefix(std::string_view text) {
  constexpr uint64_t ones = 0x0101010101010101, tops = ones << 7;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    auto has_zero = [&](uint64_t x) { return (x - ones) & ~x & tops; };
    auto controls = (word - ones * 0x20) & ~word & tops;
    if ((word & tops) | controls | has_zero(word ^ (ones * '"'))
        | has_zero(word ^ (ones * '\\')))
      break;
  }
  return at;
}

// Bytes of the UTF-8 sequence at `at`, 0 when there is none.
size_t sequence(const uint8_t* at, size_t left) {
  auto follows = [&](size_t i, uint8_t low = 0x80, uint8_t high = 0xBF) {
    return i < left && at[i] >= low && at[i] <= high;
  };
  auto first = at[0];
  if (first >= 0xC2 && first <= 0xDF)
    return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
    uint8_t high = first == 0xED ? 0x9F : 0xBF; // no surrogates
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    uint8_t low = first == 0xF0 ? 0x90 : 0x80;
    uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

void escape(std::string& out, uint8_t c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default: {
      constexpr char digits[] = "0123456789abcdef";
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    }
  }
}

} // namespace json_writer_detail

void write_string(std::string& out, std::string_view text) {
  using namespace json_writer_detail;
  out += '"';
  auto bytes = reinterpret_cast<const uint8_t*>(text.data());
  size_t done = 0, at = plain_prefix(text);
  while (at < text.size()) {
    if (!special[bytes[at]]) {
      ++at;
      continue;
    }
    if (bytes[at] >= 0x80) {
      if (auto length = sequence(bytes + at, text.size() - at)) {
        at += length;
        continue;
      }
    }
    out.append(text, done, at - done);
    if (bytes[at] >= 0x80)
      out += "\xEF\xBF\xBD";
    else
      escape(out, bytes[at]);
    done = ++at;
  }
  out.append(text, done);
  out += '"';
}

void write_number(std::string& out, int64_t x) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, x).ptr;
  out.append(digits, end);
}

void json_object_writer::text(std::string_view name, std::string_view x) {
  write_string(key(name), x);
}

std::string& json_object_writer::long_key(std::string_view name) {
  if (out_.back() != '{')
    out_ += ',';
  out_ += '"';
  out_ += name;
  return out_ += "\":";
}

} // namespace tutti
