#include "actors/engine/state/row_names.hpp"

namespace tutti::engine {

row_names::reference& row_names::at(std::string_view name) {
  if (auto* found = find(name))
    return *found;
  auto made = std::make_unique<reference>(name);
  std::string_view key = made->name;
  return *references_.emplace(key, std::move(made)).first->second;
}

void row_names::drop_unused(const reference& x) {
  if (!x.made.empty() || !x.joined.empty())
    return;
  // `name` owns the key: erase the entry first, then free it.
  auto it = references_.find(x.name);
  auto gone = std::move(it->second);
  references_.erase(it);
}

void row_names::erase_id(std::string_view task_id) {
  if (auto it = ids_.find(task_id); it != ids_.end())
    ids_.erase(it);
}

} // namespace tutti::engine
