#pragma once

#include "actors/engine/inputs/expression/json_path.hpp"

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tutti::engine {

/// Paths that are only known when they are read (`${list[${i}]}`), compiled
/// once while they keep coming. The least recently used goes first.
class path_cache {
 public:
  explicit path_cache(size_t capacity) : capacity_(capacity) {}

  /// The cache of the calling thread.
  static path_cache& of_thread();

  /// Nothing when the text is no path.
  std::optional<json_path> find(std::string_view text);

  size_t size() const { return entries_.size(); }

 private:
  struct entry {
    std::string text;
    std::optional<json_path> path;
  };
  size_t capacity_;
  std::list<entry> entries_; ///< most recently used first
  std::unordered_map<std::string_view, std::list<entry>::iterator> by_text_;
};

} // namespace tutti::engine
