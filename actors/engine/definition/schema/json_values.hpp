#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <unordered_map>

namespace tutti::engine {

// Values of a schema or of what is held to it.

/// Equal values have equal hashes: 1 and 1.0 are equal.
size_t hash_of(const nlohmann::json& x);

/// What it costs to visit the whole value, in steps; stops counting at `limit`.
size_t steps_of(const nlohmann::json& x, size_t limit);

/// Its text, or the beginning of it; never builds much more than that.
std::string shown(const nlohmann::json& x);

/// Values by hash.
class value_set {
 public:
  void add(const nlohmann::json& x) { places_.emplace(hash_of(x), &x); }
  bool contains(const nlohmann::json& x) const;

 private:
  std::unordered_multimap<size_t, const nlohmann::json*> places_;
};

} // namespace tutti::engine
