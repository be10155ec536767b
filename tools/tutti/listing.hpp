#pragma once

#include "tools/tutti/client.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace tutti::cli {

/// What `workflow list` asks for.
struct listing {
  std::string name;
  std::optional<int32_t> version;
  std::string status; ///< empty: any
  bool ended_too = false;
  size_t count = 100;
  int64_t before = 0, since = 0; ///< created before, not before; epoch ms
};

struct listed {
  nlohmann::json items = nlohmann::json::array();
  /// More there are; -1: more there may be, which nobody has counted.
  int64_t more = 0;
  int64_t next_before = 0; ///< where the next page begins; 0: there is none
};

/// Executions, the newest first. The API pages by the time of creation, so a
/// page ends between two milliseconds: executions of one millisecond stand
/// on one page, which may have some more than `count` for it.
result<listed> list_executions(client& api, const listing& what);

/// How many items of a sorted list make a page: `count`, and those that were
/// created in the same millisecond as the last of them.
size_t page_end(const nlohmann::json& items, size_t count);

} // namespace tutti::cli
