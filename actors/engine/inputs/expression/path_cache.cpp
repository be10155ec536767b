#include "actors/engine/inputs/expression/path_cache.hpp"

namespace tutti::engine {

namespace path_cache_detail {

// Longer texts are data rather than paths; the cache would hold that data.
constexpr size_t text_bytes_max = 512;

std::optional<json_path> compile(std::string_view text) {
  auto path = json_path::compile(text);
  return path ? std::optional(std::move(*path)) : std::nullopt;
}

} // namespace path_cache_detail

path_cache& path_cache::of_thread() {
  thread_local path_cache mine(1024);
  return mine;
}

std::optional<json_path> path_cache::find(std::string_view text) {
  using namespace path_cache_detail;
  if (text.size() > text_bytes_max)
    return compile(text);
  if (auto known = by_text_.find(text); known != by_text_.end()) {
    entries_.splice(entries_.begin(), entries_, known->second);
    return known->second->path;
  }
  if (entries_.size() >= capacity_ && !entries_.empty()) {
    by_text_.erase(entries_.back().text);
    entries_.pop_back();
  }
  entries_.push_front({std::string(text), compile(text)});
  by_text_.emplace(entries_.front().text, entries_.begin());
  return entries_.front().path;
}

} // namespace tutti::engine
