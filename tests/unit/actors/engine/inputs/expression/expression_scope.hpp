#pragma once

#include "actors/engine/inputs/expression/scope.hpp"

#include <nlohmann/json.hpp>

#include <map>

namespace tutti::engine {

/// A scope over payloads kept by name, for tests.
class table_scope final : public scope {
 public:
  std::map<std::pair<std::string, std::string>, value_ref, std::less<>> fields;
  std::map<std::string, std::string, std::less<>> names, env;

  table_scope& with(std::string root, std::string name, const char* json) {
    payloads_.push_back(
        std::make_unique<payload>(payload::trusted(std::string(json))));
    fields[{std::move(root), std::move(name)}]
        = static_cast<const payload*>(payloads_.back().get());
    return *this;
  }
  table_scope& with(std::string root, std::string name, value_ref value, int) {
    fields[{std::move(root), std::move(name)}] = std::move(value);
    return *this;
  }

  std::optional<value_ref> field(std::string_view root,
                                 std::string_view name) const override {
    auto found = fields.find(std::pair(std::string(root), std::string(name)));
    return found == fields.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<std::string> roots() const override {
    std::vector<std::string> out;
    for (auto& [key, value] : fields)
      if (out.empty() || out.back() != key.first)
        out.push_back(key.first);
    return out;
  }
  std::optional<std::string> system_name(std::string_view name) const override {
    return get(names, name);
  }
  std::optional<std::string> environment(std::string_view name) const override {
    return get(env, name);
  }

 private:
  template <class Map>
  static std::optional<std::string> get(const Map& map, std::string_view name) {
    auto found = map.find(name);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  }

  std::vector<std::unique_ptr<payload>> payloads_;
};

} // namespace tutti::engine
