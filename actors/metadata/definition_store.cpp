#include "actors/metadata/definition_store.hpp"

#include "messages/model/codec.hpp"
#include "storage/keys.hpp"

namespace tutti {

namespace keys = storage::keys;
using storage::operation;

namespace definition_store_detail {

constexpr char record_version = 1;

std::optional<failure> unreadable(std::string_view what,
                                  const std::string& why) {
  return failure{errc::internal, "a registered " + std::string(what)
                                     + " in the store cannot be read: " + why};
}

/// Calls `take(text)` for each row until it returns a failure.
template <class Take>
std::optional<failure> each(const storage::store& store,
                            const std::string& prefix, std::string_view what,
                            Take take) {
  std::optional<failure> trouble;
  auto visit = [&](std::string_view, std::string_view value) {
    if (value.empty() || value.front() != record_version)
      trouble = unreadable(what, "it was written by another version of Tutti");
    else
      trouble = take(value.substr(1));
    return !trouble;
  };
  auto all = store.scan(definitions_shard, prefix, keys::after(prefix), visit);
  if (!trouble && !all)
    trouble = std::move(all).failure();
  return trouble;
}

} // namespace definition_store_detail

operation stored(const workflow_def& x) {
  std::string value(1, definition_store_detail::record_version);
  write_compact(value, x);
  return {operation::kind::put, keys::registered_workflow(x.name, x.version),
          std::move(value)};
}

operation stored(const task_def& x) {
  std::string value(1, definition_store_detail::record_version);
  write(value, x);
  return {operation::kind::put, keys::registered_task(x.name),
          std::move(value)};
}

operation erased_workflow(const std::string& name, int32_t version) {
  return {operation::kind::erase, keys::registered_workflow(name, version), {}};
}

operation erased_task(const std::string& name) {
  return {operation::kind::erase, keys::registered_task(name), {}};
}

operation stored(const schema_def& x) {
  std::string value(1, definition_store_detail::record_version);
  write(value, x);
  return {operation::kind::put, keys::registered_schema(x.name, x.version),
          std::move(value)};
}

operation erased_schema(const std::string& name, int32_t version) {
  return {operation::kind::erase, keys::registered_schema(name, version), {}};
}

result<definition_snapshot_pointer>
load_definitions(const storage::store& store) {
  using namespace definition_store_detail;
  definition_snapshot_pointer out
      = std::make_shared<const definition_snapshot>();
  auto trouble = each(
      store, keys::all_registered_workflows(), "workflow definition",
      [&](std::string_view text) -> std::optional<failure> {
        auto x = read_workflow_def(text);
        if (!x)
          return unreadable("workflow definition", x.failure().message);
        out = out->with(std::make_shared<const workflow_def>(std::move(*x)));
        return std::nullopt;
      });
  if (!trouble)
    trouble = each(
        store, keys::all_registered_tasks(), "task definition",
        [&](std::string_view text) -> std::optional<failure> {
          auto x = read_task_def(text);
          if (!x)
            return unreadable("task definition", x.failure().message);
          out = out->with(std::make_shared<const task_def>(std::move(*x)));
          return std::nullopt;
        });
  if (!trouble)
    trouble
        = each(store, keys::all_registered_schemas(), "schema",
               [&](std::string_view text) -> std::optional<failure> {
                 auto x = read_schema_defs("[" + std::string(text) + "]");
                 if (!x || x->empty())
                   return unreadable("schema", x ? "" : x.failure().message);
                 out = out->with(
                     std::make_shared<const schema_def>(std::move(x->front())));
                 return std::nullopt;
               });
  if (trouble)
    return *trouble;
  return out;
}

} // namespace tutti
