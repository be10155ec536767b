#pragma once

#include "actors/engine/inputs/expression/json_path.hpp"

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tutti::engine {

/// Compiled paths whose text is only known at evaluation (`${list[${i}]}`).
/// Evicts the least recently used.
class path_cache {
 public:
  explicit path_cache(size_t capacity) : capacity_(capacity) {}

  /// The cache of the calling thread.
  static path_cache& of_thread();

  /// nullopt when the text is not a path.
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
