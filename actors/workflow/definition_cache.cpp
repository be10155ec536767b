#include "actors/workflow/definition_cache.hpp"

#include "messages/model/codec.hpp"
#include "storage/keys.hpp"

#include <nlohmann/json.hpp>

namespace tutti {

using storage::kept_definition;
using storage::kept_definition_pointer;

kept_definition_pointer read_definition(std::string_view text,
                                        std::string hash) {
  // Definitions may be nested deeper than documents of clients.
  auto json = parse_json(text, 1000);
  if (!json)
    return nullptr;
  auto definition = to_workflow_def(*json);
  if (!definition)
    return nullptr;
  return std::make_shared<const kept_definition>(
      std::make_shared<const workflow_def>(std::move(*definition)),
      std::move(hash));
}

definition_cache::entry
definition_cache::intern(const workflow_def_pointer& definition) {
  entry out;
  {
    std::lock_guard guard{mutex_};
    if (auto it = by_pointer_.find(definition.get()); it != by_pointer_.end()) {
      out.what = it->second;
      if (written_.contains(out.what->hash()))
        return out;
    }
  }
  auto text = storage::definition_text(*definition);
  if (!out.what)
    out.what = std::make_shared<const kept_definition>(
        definition, storage::definition_hash(text));
  std::lock_guard guard{mutex_};
  remember(out.what);
  if (written_.insert(out.what->hash()).second)
    out.put = storage::operation{storage::operation::kind::put,
                                 storage::keys::definition(out.what->hash()),
                                 std::move(text)};
  return out;
}

result<kept_definition_pointer>
definition_cache::find(const storage::store& from, uint32_t shard,
                       std::string_view hash) {
  std::string key{hash};
  {
    std::lock_guard guard{mutex_};
    if (auto it = by_hash_.find(key); it != by_hash_.end())
      return it->second;
  }
  auto text = from.get(shard, storage::keys::definition(hash));
  if (!text)
    return std::move(text).failure();
  auto out = *text ? read_definition(**text, key) : nullptr;
  if (!out)
    return kept_definition_pointer();
  std::lock_guard guard{mutex_};
  remember(out);
  written_.insert(key);
  return by_hash_.at(key);
}

/// Forgetting costs no more than another read of the store.
void definition_cache::remember(const kept_definition_pointer& what) {
  if (by_pointer_.size() >= entries_max) {
    by_pointer_.clear();
    by_hash_.clear();
  }
  by_pointer_.emplace(what->definition().get(), what);
  by_hash_.try_emplace(what->hash(), what);
}

} // namespace tutti
