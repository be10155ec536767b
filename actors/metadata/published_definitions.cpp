#include "actors/metadata/published_definitions.hpp"

#include "actors/engine/definition/pin_definitions.hpp"

#include <unordered_map>

namespace tutti {

struct published_definitions::edition {
  definition_snapshot_pointer snapshot;
  mutable std::mutex mutex;
  /// Keys are registered definitions, which the snapshot keeps alive.
  mutable std::unordered_map<const registered_workflow*, workflow_def_pointer>
      copies;
};

published_definitions::published_definitions() {
  publish(std::make_shared<const definition_snapshot>());
}

published_definitions::~published_definitions() = default;

std::shared_ptr<const published_definitions::edition>
published_definitions::newest() const {
  std::lock_guard guard{mutex_};
  return current_;
}

definition_snapshot_pointer published_definitions::current() const {
  return newest()->snapshot;
}

void published_definitions::publish(definition_snapshot_pointer next) {
  auto x = std::make_shared<edition>();
  x->snapshot = std::move(next);
  std::shared_ptr<const edition> old
      = std::move(x); // destroyed after the lock is released
  std::lock_guard guard{mutex_};
  current_.swap(old);
}

result<workflow_def_pointer>
published_definitions::pinned(std::string_view name,
                              std::optional<int32_t> version) const {
  auto now = newest();
  auto registered = now->snapshot->find_registered(name, version);
  if (!registered && !complete_)
    return failure{errc::unavailable,
                   "workflow '" + std::string(name)
                       + "' is not known here, and the node that registers "
                         "definitions cannot be reached"};
  if (!registered)
    return engine::no_such_workflow(name, version);
  {
    std::lock_guard guard{now->mutex};
    if (auto i = now->copies.find(registered.get()); i != now->copies.end())
      return i->second;
  }
  // Outside of the lock, because large definitions take a while. If two threads
  // pin the same one, the second copy is thrown away.
  auto copy = engine::pin_definitions(*registered->look(), *now->snapshot);
  if (!copy)
    return copy;
  if (auto* limit = now->snapshot->find_limit(name)) {
    auto limited = std::make_shared<workflow_def>(**copy);
    limited->rate_limit = *limit;
    copy = workflow_def_pointer(std::move(limited));
  }
  std::lock_guard guard{now->mutex};
  return now->copies.emplace(registered.get(), std::move(*copy)).first->second;
}

} // namespace tutti
