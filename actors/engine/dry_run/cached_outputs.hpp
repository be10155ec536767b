#pragma once

#include "actors/engine/decider.hpp"

#include <map>
#include <string>
#include <utility>

namespace tutti::engine::dry_run {

/// The output cache of a virtual node, in memory.
class cached_outputs final : public output_cache {
 public:
  void insert(const cache_output& x) { all_[{x.name, x.key}] = x; }

  std::optional<payload> find(std::string_view name, std::string_view key,
                              int64_t now) const override {
    auto it = all_.find({std::string(name), std::string(key)});
    if (it == all_.end() || it->second.expires_at <= now)
      return std::nullopt;
    return it->second.output;
  }

 private:
  std::map<std::pair<std::string, std::string>, cache_output> all_;
};

} // namespace tutti::engine::dry_run
