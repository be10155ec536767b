#pragma once

#include "messages/model/payload.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace tutti {

// Appends one JSON object to a string. Commas are the writer's business, so
// that a field that is left out costs nothing.

class json_object_writer {
 public:
  explicit json_object_writer(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += '}'; }

  /// `name` is ASCII without anything to escape.
  std::string& key(std::string_view name) {
    if (out_.back() != '{')
      out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
    return out_;
  }

  void text(std::string_view name, std::string_view x);
  /// Leaves out an empty string.
  void text_if(std::string_view name, std::string_view x) {
    if (!x.empty())
      text(name, x);
  }
  void number(std::string_view name, int64_t x);
  void boolean(std::string_view name, bool x) {
    key(name) += x ? "true" : "false";
  }
  /// Text that is JSON already.
  void raw(std::string_view name, std::string_view json) { key(name) += json; }

 private:
  std::string& out_;
};

void write_number(std::string& out, int64_t x);

} // namespace tutti
