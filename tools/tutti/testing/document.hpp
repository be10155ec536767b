#pragma once

#include "messages/model/result.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>

namespace tutti::cli {

/// "/key" as a step of a JSON pointer.
std::string pointer_step(const std::string& key);

/// A YAML or JSON file as values, and the lines they stand on.
class document {
 public:
  /// By its name, "*.json" is JSON; everything else is YAML. Failures begin
  /// with "file:line: ".
  static result<document> read(const std::string& file);
  static result<document> parse(std::string_view text, std::string file);

  const nlohmann::json& value() const { return value_; }
  const std::string& file() const { return file_; }
  /// A failure about the value at a JSON pointer, or at the closest one around
  /// it that has a line.
  failure wrong(std::string pointer, const std::string& sentence) const;

 private:
  nlohmann::json value_;
  std::string file_;
  std::map<std::string, int> lines_;
};

} // namespace tutti::cli
