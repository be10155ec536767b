#include "actors/search/found_bodies.hpp"

#include "actors/engine/views/rendering.hpp"
#include "actors/search/summaries.hpp"
#include "actors/workflow/stored_execution.hpp"
#include "messages/model/ids.hpp"
#include "messages/model/memory/memory_account.hpp"
#include "messages/requests/request_bounds.hpp"
#include "storage/keys.hpp"

namespace tutti {

namespace found_bodies_detail {

namespace keys = storage::keys;

/// Applies the events of the head alone: an execution in a list is shown
/// without its tasks, of which it may have many.
class head_fold {
 public:
  head_fold(const storage::store& from, shard_context& in,
            const std::string& id)
      : from_(from), in_(in), id_(id) {}

  bool add(std::string_view record) {
    named_.clear();
    auto revision = storage::read_told(record, named_);
    if (!revision) {
      failed = failure{errc::internal,
                       "execution " + id_ + ": " + revision.failure().message};
      return false;
    }
    last = revision->number;
    size_t next = 0;
    for (size_t i = 0; i < revision->events.size(); ++i) {
      auto named = next < named_.size() && named_[next].event == i
                       ? &named_[next++]
                       : nullptr;
      if (!apply(revision->events[i], named))
        return false;
    }
    return true;
  }

  engine::state out;
  int64_t last = 0;
  std::optional<failure> failed;

 private:
  bool apply(event& x, const storage::named_definition* named) {
    workflow_def_pointer definition;
    if (named) {
      auto found = find(*named);
      if (!found) {
        failed = std::move(found).failure();
        return false;
      }
      definition = std::move(*found);
    }
    if (auto* created = std::get_if<workflow_created>(&x)) {
      workflow head = *created->head;
      head.definition = std::move(definition);
      out.apply(event{workflow_created{std::move(head)}});
    } else if (auto* changed = event_as<workflow_changed>(x)) {
      auto copy = *changed;
      if (copy.definition)
        copy.definition = std::move(definition);
      out.apply(event{std::move(copy)});
    }
    return true;
  }

  result<workflow_def_pointer> find(const storage::named_definition& x) {
    auto damaged = failure{errc::internal, "execution " + id_
                                               + ": its definition is missing "
                                                 "or damaged"};
    if (!x.own) {
      auto found = in_.cached_definitions.find(from_, in_.shard, x.hash);
      if (!found)
        return std::move(found).failure();
      return *found ? result<workflow_def_pointer>((*found)->definition())
                    : damaged;
    }
    auto text = from_.get(in_.shard, keys::own_definition(id_, x.hash));
    if (!text)
      return std::move(text).failure();
    auto kept = *text ? read_definition(**text, x.hash) : nullptr;
    return kept ? result<workflow_def_pointer>(kept->definition()) : damaged;
  }

  const storage::store& from_;
  shard_context& in_;
  const std::string& id_;
  std::vector<storage::named_definition> named_;
};

} // namespace found_bodies_detail

found_bodies::found_bodies(uint32_t shards) {
  for (uint32_t shard = 0; shard < shards; ++shard) {
    shards_.push_back(std::make_shared<shard_context>());
    shards_.back()->shard = shard;
  }
}

shard_context_pointer found_bodies::context_of(const std::string& id) const {
  return shards_[shard_of(id, uint32_t(shards_.size()))];
}

result<std::unique_ptr<engine::state>>
found_bodies::read_head(const storage::store& from, const std::string& id) {
  using found_bodies_detail::head_fold;
  namespace keys = storage::keys;
  using answer = std::unique_ptr<engine::state>;
  auto context = context_of(id);
  head_fold fold(from, *context, id);
  auto snapshot = from.get(context->shard, keys::snapshot(id));
  if (!snapshot)
    return std::move(snapshot).failure();
  if (*snapshot && !fold.add(**snapshot))
    return *fold.failed;
  auto visited = from.scan(context->shard, keys::event(id, fold.last + 1),
                           keys::after(keys::events_of(id)),
                           [&](std::string_view, std::string_view record) {
                             return fold.add(record);
                           });
  if (fold.failed)
    return *fold.failed;
  if (!visited)
    return std::move(visited).failure();
  return fold.out.exists()
             ? std::make_unique<engine::state>(std::move(fold.out))
             : answer();
}

result<std::unique_ptr<engine::state>>
found_bodies::load(const storage::store& from, const std::string& id) {
  // Nothing is read of a heavy execution that has no memory yet.
  memory_hold memory;
  for (;;) {
    auto out = std::make_unique<engine::state>();
    stored_execution stored(context_of(id), id);
    auto loaded = stored.load(from, *out, memory);
    if (!loaded)
      return std::move(loaded).failure();
    auto wanted = stored.memory_wanted();
    if (wanted == 0)
      return *loaded ? std::move(out) : std::unique_ptr<engine::state>();
    auto& account = memory_account::of_process();
    auto room = account.try_hold(memory_use::executions, wanted);
    if (!room)
      return account.refusal(wanted);
    memory = *std::move(room);
  }
}

result<found_bodies::page>
found_bodies::read(const storage::store& from,
                   const std::vector<index::hit>& hits, search_index::form as,
                   size_t bytes_max) {
  page out;
  size_t bytes = 0;
  std::unique_ptr<engine::state> last; // neighbours are often of one execution
  for (auto& hit : hits) {
    bool whole = !hit.task_id.empty();
    if (!last || last->head().workflow_id != hit.workflow_id) {
      auto read = whole ? load(from, hit.workflow_id)
                        : read_head(from, hit.workflow_id);
      if (!read)
        return std::move(read).failure();
      last = std::move(*read);
    }
    auto* row = last && whole ? last->find(hit.task_id) : nullptr;
    if (!last || (whole && !row)) {
      ++out.gone;
      continue;
    }
    auto& item = out.items.emplace_back();
    out.hits.push_back(size_t(&hit - hits.data()));
    bool summary = as == search_index::form::summaries;
    if (row && summary)
      write_summary(item, *last, *row);
    else if (row)
      engine::render_task(item, *last, *row);
    else if (summary)
      write_summary(item, *last);
    else
      item = engine::render_execution(*last, false);
    bytes += item.size();
    if (bytes > bytes_max)
      return failure{errc::too_large,
                     sentence_of(bounds::answer, bytes, bytes_max,
                                 "the page of the search")};
  }
  return out;
}

} // namespace tutti
