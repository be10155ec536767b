#pragma once

#include "actors/engine/definition/schema/json_schema.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace tutti::engine {

/// Private to this folder: visits every schema inside a schema once.
class json_schema::compiler {
 public:
  explicit compiler(json_schema& out) : out_(out) {}

  bool schema(const json& x, const std::string& at);
  const std::string& why() const { return *why_; }

 private:
  bool fail(const std::string& at, std::string why);
  bool keyword(const json& x, const std::string& key, const json& value,
               const std::string& at);
  bool reference(const json& from, const json& value, const std::string& at);
  bool regex(const std::string& text, const std::string& at);
  bool map_of_schemas(const json& value, const std::string& at);
  bool enumeration(const json& value, const std::string& at);
  bool list_of_schemas(const json& value, const std::string& at);

  json_schema& out_;
  std::set<const json*> seen_;
  std::optional<std::string> why_;
};

} // namespace tutti::engine
