#pragma once

#include "messages/model/result.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::cli {

/// "/key", escaped, as a step of a JSON pointer.
std::string pointer_step(const std::string& key);

/// A place in a file, counted from 1; 0: not known.
struct text_place {
  int line = 0, column = 0;
};

/// The values of a YAML or JSON file, with their places.
class document {
 public:
  /// Files named "*.json" are JSON, all others YAML. Failures begin with
  /// "file:line: "; those of syntax with "file:line:column: ".
  static result<document> read(const std::string& file);
  static result<document> parse(std::string_view text, std::string file);
  /// All documents of a text: JSON, a JSON value on each line, or YAML. What
  /// begins like JSON is read as JSON first, whatever the file is called.
  static result<std::vector<document>> parse_all(std::string_view text,
                                                 const std::string& file);

  const nlohmann::json& value() const { return value_; }
  const std::string& file() const { return file_; }
  /// A failure about the value at a JSON pointer; the line is that of the
  /// closest value around it that has one.
  failure wrong(std::string pointer, const std::string& sentence) const;
  text_place place_of(std::string pointer) const;

 private:
  static result<std::vector<document>> yaml_documents(std::string_view text,
                                                      const std::string& file);

  nlohmann::json value_;
  std::string file_;
  std::map<std::string, text_place> places_;
};

} // namespace tutti::cli
