#include "actors/search/search_definitions.hpp"

#include "actors/workflow/definition_cache.hpp"
#include "storage/keys.hpp"

namespace tutti {

result<search_definitions::pointer>
search_definitions::find(const storage::store& from, uint32_t shard,
                         std::string_view hash, std::string_view id) {
  std::string key(hash);
  {
    std::lock_guard guard{mutex_};
    if (auto known = by_hash_.find(key); known != by_hash_.end())
      return known->second;
  }
  auto text
      = from.get(shard, id.empty() ? storage::keys::definition(hash)
                                   : storage::keys::own_definition(id, hash));
  if (!text)
    return std::move(text).failure();
  if (!*text)
    return pointer();
  auto kept = read_definition(**text, key);
  if (!kept)
    return failure{errc::internal, "a stored definition is damaged"};
  auto& whole = *kept->definition();
  auto out = std::make_shared<workflow_def>();
  out->name = whole.name;
  out->version = whole.version;
  out->masked_fields = whole.masked_fields;
  out->search_attributes = whole.search_attributes;
  std::lock_guard guard{mutex_};
  if (by_hash_.size() >= definitions_max)
    by_hash_.clear();
  by_hash_.emplace(std::move(key), out);
  return pointer(out);
}

// What is forgotten too early is read again; so it is enough that the maps stay
// small.
void search_definitions::remember(const std::string& id, pointer what) {
  std::lock_guard guard{mutex_};
  if (by_id_.size() >= executions_max)
    by_id_.clear();
  by_id_[id] = std::move(what);
}

void search_definitions::forget(const std::string& id) {
  std::lock_guard guard{mutex_};
  by_id_.erase(id);
}

search_definitions::pointer
search_definitions::recall(const std::string& id) const {
  std::lock_guard guard{mutex_};
  auto known = by_id_.find(id);
  return known == by_id_.end() ? nullptr : known->second;
}

} // namespace tutti
