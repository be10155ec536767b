#pragma once

#include "messages/model/payload.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace tutti {

void write_number(std::string& out, int64_t x);

// Appends one JSON object to a string. Handles commas, so that fields can be
// left out freely.

class json_object_writer {
 public:
  explicit json_object_writer(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += '}'; }

  /// `name` is ASCII that needs no escapes.
  std::string& key(std::string_view name) {
    char piece[piece_size];
    if (name.size() > name_size_max)
      return long_key(name);
    return out_.append(piece, put_key(piece, name));
  }

  void text(std::string_view name, std::string_view x);
  /// Leaves out an empty string.
  void text_if(std::string_view name, std::string_view x) {
    if (!x.empty())
      text(name, x);
  }
  void number(std::string_view name, int64_t x) {
    char piece[piece_size];
    if (name.size() > name_size_max) {
      write_number(long_key(name), x);
      return;
    }
    auto digits = put_key(piece, name);
    out_.append(piece, std::to_chars(digits, piece + piece_size, x).ptr);
  }
  void boolean(std::string_view name, bool x) {
    key(name) += x ? "true" : "false";
  }
  /// `json` is JSON text already.
  void raw(std::string_view name, std::string_view json) { key(name) += json; }

 private:
  // Writes the key in one piece: with a constant name that is a few stores and
  // one append.
  static constexpr size_t name_size_max = 40, piece_size = 72;

  char* put_key(char* at, std::string_view name) const {
    *at = ',';
    at += out_.back() != '{';
    *at++ = '"';
    at += name.copy(at, name.size());
    *at++ = '"';
    *at++ = ':';
    return at;
  }
  std::string& long_key(std::string_view name);

  std::string& out_;
};

} // namespace tutti
