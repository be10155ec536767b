#include "actors/metadata/definition_copies.hpp"

#include "actors/metadata/definition_store.hpp"
#include "messages/model/codec.hpp"
#include "storage/keys.hpp"

#include <spdlog/spdlog.h>

#include <atomic>

namespace tutti {

namespace definition_copies_detail {

namespace keys = storage::keys;
using storage::operation;

/// Rows of one message.
constexpr size_t part_bytes = size_t{1} << 20;

definition_row row_of(operation x) {
  if (x.what == operation::kind::erase)
    return {std::move(x.key), std::nullopt};
  return {std::move(x.key), std::move(x.value)};
}

/// Calls once, when the last of its owners lets go.
class last_call {
 public:
  explicit last_call(std::function<void()> f) : f_(std::move(f)) {}
  ~last_call() { f_(); }
  last_call(const last_call&) = delete;
  last_call& operator=(const last_call&) = delete;

 private:
  std::function<void()> f_;
};

failure damaged(std::string_view what, const std::string& why) {
  return {errc::internal,
          "a " + std::string(what) + " of another node cannot be read: " + why};
}

/// The name and version behind the prefix of a key.
std::optional<std::pair<std::string, int32_t>>
name_and_version(std::string_view rest) {
  constexpr size_t version_bytes = 4;
  if (rest.size() <= version_bytes)
    return std::nullopt;
  auto name = keys::read_name(rest.substr(0, rest.size() - version_bytes));
  if (!name)
    return std::nullopt;
  uint32_t version = 0;
  for (unsigned char byte : rest.substr(rest.size() - version_bytes))
    version = version << 8 | byte;
  return std::pair{*std::move(name), int32_t(version)};
}

/// A row's key without the prefix of its kind, and its JSON; nullopt: erased.
struct reading {
  const definition_snapshot& from;
  std::string_view rest;
  std::optional<std::string_view> text;

  using outcome = result<definition_snapshot_pointer>;

  outcome workflow() const {
    auto at = name_and_version(rest);
    if (!at)
      return damaged("workflow definition", "its key is malformed");
    if (!text)
      return from.without_workflow(at->first, at->second);
    auto x = read_workflow_def(*text);
    if (!x)
      return damaged("workflow definition", x.failure().message);
    return from.with(std::make_shared<const workflow_def>(*std::move(x)));
  }
  outcome schema() const {
    auto at = name_and_version(rest);
    if (!at)
      return damaged("schema", "its key is malformed");
    if (!text)
      return from.without_schema(at->first, at->second);
    auto x = read_schema_defs("[" + std::string(*text) + "]");
    if (!x || x->empty())
      return damaged("schema", x ? "it is empty" : x.failure().message);
    return from.with(std::make_shared<const schema_def>(std::move(x->front())));
  }
  outcome task(const std::string& name) const {
    if (!text)
      return from.without_task(name);
    auto x = read_task_def(*text);
    if (!x)
      return damaged("task definition", x.failure().message);
    return from.with(std::make_shared<const task_def>(*std::move(x)));
  }
  outcome handler(const std::string& name) const {
    if (!text)
      return from.without_handler(name);
    auto x = read_event_handlers(*text);
    if (!x || x->empty())
      return damaged("event handler", x ? "it is empty" : x.failure().message);
    return from.with(
        std::make_shared<const event_handler>(std::move(x->front())));
  }
  outcome tags(change_tags::kind of, const std::string& name) const {
    if (!text)
      return from.with_tags(of, name, {});
    auto x = read_tags(*text);
    if (!x)
      return damaged("list of tags", x.failure().message);
    return from.with_tags(of, name, *std::move(x));
  }
  outcome limit(const std::string& name) const {
    if (!text)
      return from.with_limit(name, std::nullopt);
    auto x = read_rate_limit(*text);
    if (!x)
      return damaged("rate limit", x.failure().message);
    return from.with_limit(name, *std::move(x));
  }
};

} // namespace definition_copies_detail

result<definition_snapshot_pointer> with_row(const definition_snapshot& from,
                                             const definition_row& row) {
  using namespace definition_copies_detail;
  reading in{from, {}, std::nullopt};
  if (row.value) {
    if (row.value->empty() || row.value->front() != 1)
      return damaged("definition",
                     "it was written by another version of Tutti");
    in.text = std::string_view(*row.value).substr(1);
  }
  auto is = [&](const std::string& prefix) {
    if (!row.key.starts_with(prefix))
      return false;
    in.rest = std::string_view(row.key).substr(prefix.size());
    return true;
  };
  if (is(keys::all_registered_workflows()))
    return in.workflow();
  if (is(keys::all_registered_schemas()))
    return in.schema();
  auto named = [&](const std::string& prefix) {
    return is(prefix) ? keys::read_name(in.rest) : std::nullopt;
  };
  if (auto name = named(keys::all_registered_tasks()))
    return in.task(*name);
  if (auto name = named(keys::all_registered_handlers()))
    return in.handler(*name);
  if (auto name = named(keys::all_tags_of_workflows()))
    return in.tags(change_tags::kind::workflow, *name);
  if (auto name = named(keys::all_tags_of_tasks()))
    return in.tags(change_tags::kind::task, *name);
  if (auto name = named(keys::all_limits_of_workflows()))
    return in.limit(*name);
  return damaged("definition", "its key is of no known kind");
}

std::vector<definition_row> rows_of(const definition_snapshot& x) {
  using definition_copies_detail::row_of;
  std::vector<definition_row> out;
  auto tags = [&](change_tags::kind of, const std::string& name) {
    if (auto* all = x.find_tags(of, name))
      out.push_back(row_of(stored_tags(of, name, *all)));
  };
  for (auto& [name, versions] : x.workflows()) {
    for (auto& [version, definition] : *versions)
      out.push_back(row_of(stored(*definition->look())));
    tags(change_tags::kind::workflow, name);
    if (auto* limit = x.find_limit(name))
      out.push_back(row_of(stored_limit(name, *limit)));
  }
  for (auto& task : x.tasks()) {
    out.push_back(row_of(stored(*task)));
    tags(change_tags::kind::task, task->name);
  }
  for (auto& schema : x.schemas())
    out.push_back(row_of(stored(*schema)));
  for (auto& handler : x.handlers())
    out.push_back(row_of(stored(*handler)));
  return out;
}

// The owner

void definition_spread::met(const std::string& node) {
  std::shared_ptr<const void> sent;
  std::lock_guard guard{mutex_};
  nodes_[node] = {true, false};
  sent = fill(node);
}

void definition_spread::lost(const std::string& node) {
  std::lock_guard guard{mutex_};
  nodes_.erase(node);
}

// Under the lock, so that changes come after it. A change that is in the
// snapshot already is harmless.
std::shared_ptr<const void> definition_spread::fill(const std::string& node) {
  auto& of = nodes_[node];
  of = {false, true};
  std::vector<change_definitions> parts(1);
  parts.front().first_part = true;
  size_t bytes = 0;
  for (auto& row : rows_of(*published_->current())) {
    auto size = row.key.size() + (row.value ? row.value->size() : 0);
    if (bytes > 0 && bytes + size > definition_copies_detail::part_bytes) {
      parts.back().more = true;
      parts.emplace_back();
      bytes = 0;
    }
    bytes += size;
    parts.back().rows.push_back(std::move(row));
  }
  auto good = std::make_shared<std::atomic<bool>>(true);
  auto all = std::make_shared<definition_copies_detail::last_call>(
      [me = weak_from_this(), node, good] {
        if (auto self = me.lock())
          self->filled(node, *good);
      });
  for (auto& part : parts)
    directory_->tell_node(
        node, envelope<change_definitions>{
                  std::move(part), {}, reply<done>([all, good](result<done> x) {
                    if (!x)
                      *good = false;
                  })});
  return all;
}

void definition_spread::filled(const std::string& node, bool good) {
  std::shared_ptr<const void> sent;
  std::lock_guard guard{mutex_};
  auto of = nodes_.find(node);
  if (of == nodes_.end())
    return;
  of->second.filling = false;
  if (!good)
    spdlog::warn("node '{}' has not taken all definitions; it gets them again "
                 "with the next change or connection",
                 node);
  // A change failed while they were under way.
  if (std::exchange(of->second.behind, !good) && good)
    sent = fill(node);
}

void definition_spread::changed(const storage::batch& rows,
                                std::function<void()> told) {
  auto all
      = std::make_shared<definition_copies_detail::last_call>(std::move(told));
  change_definitions what;
  for (auto& row : rows)
    what.rows.push_back(definition_copies_detail::row_of(row));
  std::vector<std::shared_ptr<const void>> sent;
  std::lock_guard guard{mutex_};
  for (auto& [node, of] : nodes_) {
    if (of.behind && !of.filling) {
      sent.push_back(fill(node));
      continue;
    }
    auto heard = [me = weak_from_this(), node = node, all](result<done> x) {
      auto self = me.lock();
      if (x || !self)
        return;
      std::shared_ptr<const void> sent;
      std::lock_guard guard{self->mutex_};
      if (auto i = self->nodes_.find(node); i != self->nodes_.end()) {
        i->second.behind = true;
        if (!i->second.filling)
          sent = self->fill(node);
      }
    };
    directory_->tell_node(node, envelope<change_definitions>{
                                    what, {}, reply<done>(std::move(heard))});
  }
}

// The others

void definition_copy::take(const envelope<change_definitions>& x) {
  auto& what = x.request;
  if (what.first_part)
    building_ = std::make_shared<const definition_snapshot>();
  auto next = building_ ? building_ : ports_.published->current();
  storage::commit rows{definitions_shard, ports_.epoch, {}};
  if (what.first_part)
    rows.operations.push_back({storage::operation::kind::erase_range, "m",
                               storage::keys::after("m")});
  for (auto& row : what.rows) {
    auto with = with_row(*next, row);
    if (!with) {
      building_.reset();
      return x.done(std::move(with).failure());
    }
    next = std::move(*with);
    rows.operations.push_back({row.value ? storage::operation::kind::put
                                         : storage::operation::kind::erase,
                               row.key, row.value.value_or("")});
  }
  // A copy: the owner sends it again after a crash.
  ports_.store->submit(std::move(rows), [](const storage::outcome&) {});
  if (what.more) {
    building_ = std::move(next);
    return x.done(done{});
  }
  bool whole = building_ != nullptr;
  building_.reset();
  ports_.published->publish(std::move(next));
  if (whole)
    ports_.published->set_complete(true);
  auto prefix = storage::keys::all_registered_tasks();
  for (auto& row : what.rows)
    if (row.key.starts_with(prefix) && ports_.task_changed)
      if (auto name = storage::keys::read_name(
              std::string_view(row.key).substr(prefix.size())))
        ports_.task_changed(*name);
  x.done(done{});
}

void definition_copy::owner_lost() {
  building_.reset();
  ports_.published->set_complete(false);
}

} // namespace tutti
