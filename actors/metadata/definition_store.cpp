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

/// Calls `take(rest of the key, text)` for each row until it returns a
/// failure.
template <class Take>
std::optional<failure> each_row(const storage::store& store,
                                const std::string& prefix,
                                std::string_view what, Take take) {
  std::optional<failure> trouble;
  auto visit = [&](std::string_view key, std::string_view value) {
    if (value.empty() || value.front() != record_version)
      trouble = unreadable(what, "it was written by another version of Tutti");
    else
      trouble = take(key.substr(prefix.size()), value.substr(1));
    return !trouble;
  };
  auto all = store.scan(definitions_shard, prefix, keys::after(prefix), visit);
  if (!trouble && !all)
    trouble = std::move(all).failure();
  return trouble;
}

template <class Take>
std::optional<failure> each(const storage::store& store,
                            const std::string& prefix, std::string_view what,
                            Take take) {
  return each_row(
      store, prefix, what,
      [&](std::string_view, std::string_view text) { return take(text); });
}

/// The same for rows that are kept under a name: `take(name, value)`.
template <class Read, class Take>
std::optional<failure> each_named(const storage::store& store,
                                  const std::string& prefix,
                                  std::string_view what, Read read, Take take) {
  return each_row(store, prefix, what,
                  [&](std::string_view key,
                      std::string_view text) -> std::optional<failure> {
                    auto name = keys::read_name(key);
                    auto x = read(text);
                    if (!name || !x)
                      return unreadable(what, x ? "its key is malformed"
                                                : x.failure().message);
                    take(*name, std::move(*x));
                    return std::nullopt;
                  });
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

operation stored(const event_handler& x) {
  std::string value(1, definition_store_detail::record_version);
  write(value, x);
  return {operation::kind::put, keys::registered_handler(x.name),
          std::move(value)};
}

operation erased_handler(const std::string& name) {
  return {operation::kind::erase, keys::registered_handler(name), {}};
}

operation stored_tags(change_tags::kind of, const std::string& name,
                      const std::vector<tag>& tags) {
  auto key = of == change_tags::kind::workflow ? keys::tags_of_workflow(name)
                                               : keys::tags_of_task(name);
  if (tags.empty())
    return {operation::kind::erase, std::move(key), {}};
  std::string value(1, definition_store_detail::record_version);
  value += '[';
  for (auto& x : tags) {
    if (value.back() != '[')
      value += ',';
    write(value, x);
  }
  return {operation::kind::put, std::move(key), value + ']'};
}

operation stored_limit(const std::string& name,
                       const std::optional<rate_limit_config>& limit) {
  if (!limit)
    return {operation::kind::erase, keys::limit_of_workflow(name), {}};
  std::string value(1, definition_store_detail::record_version);
  write(value, *limit);
  return {operation::kind::put, keys::limit_of_workflow(name),
          std::move(value)};
}

namespace definition_store_detail {

std::optional<failure> load_others(const storage::store& store,
                                   definition_snapshot_pointer& out) {
  auto handlers
      = [](std::string_view text) { return read_event_handlers(text); };
  auto trouble = each_named(
      store, keys::all_registered_handlers(), "event handler", handlers,
      [&](const std::string&, std::vector<event_handler> read) {
        for (auto& x : read)
          out = out->with(std::make_shared<const event_handler>(std::move(x)));
      });
  for (auto of : {change_tags::kind::workflow, change_tags::kind::task})
    if (!trouble)
      trouble = each_named(store,
                           of == change_tags::kind::workflow
                               ? keys::all_tags_of_workflows()
                               : keys::all_tags_of_tasks(),
                           "list of tags", read_tags,
                           [&](const std::string& name, std::vector<tag> tags) {
                             out = out->with_tags(of, name, std::move(tags));
                           });
  if (!trouble)
    trouble = each_named(store, keys::all_limits_of_workflows(), "rate limit",
                         read_rate_limit,
                         [&](const std::string& name, rate_limit_config limit) {
                           out = out->with_limit(name, std::move(limit));
                         });
  return trouble;
}

} // namespace definition_store_detail

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
  if (!trouble)
    trouble = load_others(store, out);
  if (trouble)
    return *trouble;
  return out;
}

} // namespace tutti
