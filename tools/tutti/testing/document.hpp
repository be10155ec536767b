#pragma once

#include "messages/model/result.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>

namespace tutti::cli {

/// "/key", escaped, as a step of a JSON pointer.
std::string pointer_step(const std::string& key);

/// The values of a YAML or JSON file, with their line numbers.
class document {
 public:
  /// Files named "*.json" are JSON, all others YAML. Failures begin with
  /// "file:line: ".
  static result<document> read(const std::string& file);
  static result<document> parse(std::string_view text, std::string file);

  const nlohmann::json& value() const { return value_; }
  const std::string& file() const { return file_; }
  /// A failure about the value at a JSON pointer; the line is that of the
  /// closest value around it that has one.
  failure wrong(std::string pointer, const std::string& sentence) const;

 private:
  nlohmann::json value_;
  std::string file_;
  std::map<std::string, int> lines_;
};

} // namespace tutti::cli
