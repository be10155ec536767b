#include "actors/engine/features/caching.hpp"

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/decision/weights.hpp"
#include "actors/engine/inputs/execution_variables.hpp"
#include "actors/engine/inputs/expression/input_template.hpp"
#include "actors/engine/task_traits.hpp"
#include "messages/model/saturating.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace caching_detail {

/// The workerId of a row that was served from the cache.
constexpr auto worker = "cache";

template <class Config>
bool is_on(const Config& x) {
  return x && x->ttl_in_second > 0 && !x->key.empty();
}

/// Computed from the task's input alone.
std::string key_of(const decision_builder& t, const task& row) {
  return substitute_text(row.definition->cache->key,
                         document_scope(row.input.json(), nullptr, &t.spent()));
}

std::string key_of(const decision_builder& t) {
  return substitute_text(t.head().definition->cache->key,
                         execution_variables(t, {}));
}

std::string shared_name(const task& row) { return "task " + row.task_def_name; }

std::string shared_name(const workflow_def& x) {
  return "workflow " + x.name + " " + std::to_string(x.version);
}

void store_output(decision_builder& t, std::string name, std::string key,
                  const payload& output, int32_t ttl) {
  cache_output what{std::move(name), std::move(key), output,
                    instant_after(t.now(), ms_of_seconds(ttl))};
  // A cache may forget: this is no reason to fail.
  if (weight_of(effect(what)) <= t.room_in_commit())
    t.tell(std::move(what));
}

} // namespace caching_detail

bool add_from_cache(decision_builder& t, task& row) {
  using namespace caching_detail;
  if (!is_on(row.definition->cache) || !t.context().outputs)
    return false;
  auto key = key_of(t, row);
  auto kept = t.context().outputs->find(shared_name(row), key, t.now());
  if (!kept)
    return false;
  row.output = std::move(*kept);
  row.status = task_status::completed;
  row.worker_id = worker;
  row.start_time = row.first_start_time = row.end_time = t.now();
  auto id = row.task_id;
  t.add(std::move(row));
  t.log(id, {{"The output was kept by an earlier task with the cache key '"
                  + key + "'",
              id, t.now()}});
  return true;
}

void keep_task_output(decision_builder& t, decision_builder::row_index i) {
  using namespace caching_detail;
  auto& row = t.row(i);
  auto& cache = row.definition->cache;
  if (is_on(cache) && traits_of(row).uses_cache
      && row.status == task_status::completed && row.worker_id != worker)
    store_output(t, shared_name(row), key_of(t, row), row.output,
                 cache->ttl_in_second);
}

bool end_from_cache(decision_builder& t) {
  using namespace caching_detail;
  auto& def = *t.head().definition;
  if (!is_on(def.cache) || !t.context().outputs)
    return false;
  auto kept = t.context().outputs->find(shared_name(def), key_of(t), t.now());
  if (!kept)
    return false;
  t.end({workflow_status::completed,
         "The output was kept by an earlier execution with the same cache key",
         {},
         std::move(kept)});
  return true;
}

void keep_workflow_output(decision_builder& t) {
  using namespace caching_detail;
  auto& head = t.head();
  auto& cache = head.definition->cache;
  // An execution without rows came from the cache itself.
  if (is_on(cache) && head.status == workflow_status::completed
      && !t.execution().rows().empty())
    store_output(t, shared_name(*head.definition), key_of(t), head.output,
                 cache->ttl_in_second);
}

} // namespace tutti::engine
