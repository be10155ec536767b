#pragma once

#include "messages/model/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tutti {

/// A JSON document that is carried as text and parsed only when somebody reads
/// inside, so that answers and records splice it instead of rebuilding it.
/// Immutable; copies share. Threads may read it concurrently.
class payload {
 public:
  /// The empty object `{}`.
  payload();
  /// A document built here; its text is written on first use.
  explicit payload(nlohmann::json value);

  /// Takes text that is known to be valid, compact JSON: checked by `parse`, or
  /// written by us. Invalid text here is a bug.
  static payload trusted(std::string text);

  /// Validates foreign text: UTF-8, syntax, nesting. Errors are
  /// `errc::invalid` with a sentence.
  static result<payload> parse(std::string_view text, size_t depth_max = 200);

  const std::string& text() const;
  const nlohmann::json& json() const;

  /// True for `{}`; parses and writes nothing large.
  bool is_empty_object() const;
  bool is_null() const;
  /// Same document; used by tests and replay checks.
  friend bool operator==(const payload& a, const payload& b);

 private:
  struct body;
  explicit payload(std::shared_ptr<const body> b) : body_(std::move(b)) {}
  std::shared_ptr<const body> body_;
};

/// Parses through simdjson into nlohmann's value. `depth_max` bounds nesting;
/// integers stay integers, and those past 64 bits become doubles.
result<nlohmann::json> parse_json(std::string_view text,
                                  size_t depth_max = 200);

/// Compact text; bytes that are not UTF-8 become U+FFFD instead of throwing.
std::string to_text(const nlohmann::json& value);

} // namespace tutti
