#include "actors/metadata/metadata_actor.hpp"

#include "actors/metadata/definition_changes.hpp"
#include "actors/metadata/definition_store.hpp"
#include "actors/support/guarded.hpp"
#include "messages/requests/request_bounds.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tutti {

namespace metadata_detail {

/// What makes room, or changes nothing, is never refused.
std::optional<failure> too_much(const metadata_state& state,
                                const definition_snapshot& next) {
  auto most = state.context->bytes_max;
  if (next.bytes() <= most || next.bytes() <= state.latest->bytes())
    return std::nullopt;
  if (auto& reached = state.context->reached)
    reached->add(bounds::definitions);
  return failure{errc::too_large,
                 sentence_of(bounds::definitions, next.bytes(), most)};
}

void succeed(const reply<done>& to, document) { to(done{}); }
void succeed(const reply<document>& to, document text) { to(std::move(text)); }

template <class T>
void write(metadata_state& state, result<definition_change> decided,
           const reply<T>& done, std::vector<std::string> tasks = {}) {
  if (!decided) {
    done(std::move(decided).failure());
    return;
  }
  if (auto no = too_much(state, *decided->next)) {
    done(std::move(*no));
    return;
  }
  storage::commit what;
  what.shard = definitions_shard;
  what.epoch = state.context->epoch;
  what.operations = std::move(decided->rows);
  if (auto no = state.context->store->refusal(what)) {
    done(std::move(*no));
    return;
  }
  state.latest = decided->next;
  auto rows = state.context->spread ? what.operations : storage::batch();
  auto finished = [context = state.context, next = decided->next, done,
                   rows = std::move(rows), text = std::move(decided->text),
                   tasks = std::move(tasks)](const storage::outcome& got) {
    if (got == storage::outcome::ok) {
      context->published->publish(next);
      if (context->task_changed)
        for (auto& name : tasks)
          context->task_changed(name);
      if (!context->spread)
        return succeed(done, text);
      context->spread(rows, [done, text] { succeed(done, text); });
      return;
    }
    if (context->shard_failed)
      context->shard_failed(storage::why_shard_failed(definitions_shard, got));
    done(failure{errc::unavailable, "the definition could not be stored"});
  };
  state.context->store->submit(std::move(what), std::move(finished));
}

} // namespace metadata_detail

metadata_actor::behavior_type
metadata(metadata_actor::stateful_pointer<metadata_state> self,
         metadata_context_pointer context) {
  auto& state = self->state;
  state.latest = context->published->current();
  state.context = std::move(context);
  auto now = [self] { return self->state.context->clock->now_ms(); };
  return guarded<metadata_actor::behavior_type>(
      self, "metadata",
      [self, now](const envelope<register_workflows>& x) {
        auto& state = self->state;
        metadata_detail::write(state, change(*state.latest, x.request, now()),
                               x.done);
      },
      [self, now](const envelope<register_tasks>& x) {
        auto& state = self->state;
        std::vector<std::string> names;
        for (auto& definition : x.request.definitions)
          names.push_back(definition.name);
        metadata_detail::write(state, change(*state.latest, x.request, now()),
                               x.done, std::move(names));
      },
      [self, now](const envelope<register_schemas>& x) {
        auto& state = self->state;
        metadata_detail::write(state, change(*state.latest, x.request, now()),
                               x.done);
      },
      [self](const envelope<remove_workflow_definition>& x) {
        auto& state = self->state;
        metadata_detail::write(state, change(*state.latest, x.request), x.done);
      },
      [self](const envelope<remove_task_definition>& x) {
        auto& state = self->state;
        metadata_detail::write(state, change(*state.latest, x.request), x.done,
                               {x.request.name});
      },
      [self](const envelope<remove_schema>& x) {
        auto& state = self->state;
        metadata_detail::write(state, change(*state.latest, x.request), x.done);
      },
      [self](const envelope<register_event_handlers>& x) {
        auto& state = self->state;
        metadata_detail::write(state, change(*state.latest, x.request), x.done);
      },
      [self](const envelope<remove_event_handler>& x) {
        auto& state = self->state;
        metadata_detail::write(state, change(*state.latest, x.request), x.done);
      },
      [self](const envelope<change_tags>& x) {
        auto& state = self->state;
        auto& context = *state.context;
        auto decided = change(*state.latest, x.request, context.tags_max);
        if (!decided && context.metrics
            && decided.failure().code == errc::too_many)
          context.metrics->limit_reached(bounds::tags);
        metadata_detail::write(state, std::move(decided), x.done);
      },
      [self](const envelope<limit_workflow>& x) {
        auto& state = self->state;
        metadata_detail::write(state, change(*state.latest, x.request), x.done);
      });
}

} // namespace tutti
