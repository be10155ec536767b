#include "actors/gateway/start.hpp"

#include "actors/engine/definition/pin_definitions.hpp"
#include "actors/idempotent_start/start_coordinator.hpp"
#include "messages/model/bounds.hpp"

namespace tutti {

namespace start_detail {

result<workflow_def_pointer> resolve(const gateway_context& context,
                                     const start_workflow_request& x) {
  if (x.definition)
    return engine::pin_definitions(*x.definition,
                                   *context.definitions->current());
  return context.definitions->pinned(x.name, x.version);
}

std::optional<failure> too_large(const gateway_context& context,
                                 const start_workflow_request& x) {
  auto max = context.settings.input_bytes_max;
  if (!x.input || x.input->text().size() <= max)
    return std::nullopt;
  return failure{errc::too_large,
                 sentence_of(bounds::workflow_input, x.input->text().size(),
                             max, "the input of workflow '" + x.name + "'")};
}

void ended(const gateway_context& context, size_t bytes) {
  --context.starts_in_flight;
  if (context.memory)
    context.memory->end_start(bytes);
}

/// Answers with the id and decrements `starts_in_flight`.
reply<answer> with_id(const gateway_context_pointer& context, size_t bytes,
                      std::string id, reply<started> done) {
  return reply<answer>([context, bytes, id = std::move(id),
                        done = std::move(done)](result<answer> x) mutable {
    ended(*context, bytes);
    if (x)
      done(started{std::move(id)});
    else
      done(std::move(x).failure());
  });
}

void send(const gateway_context& context, command::start start,
          request_context from, reply<answer> done) {
  envelope<call_workflow> call;
  call.request.workflow_id = start.head.workflow_id;
  call.request.what = std::move(start);
  call.context = std::move(from);
  call.done = std::move(done);
  context.directory->tell(call.request.workflow_id, std::move(call));
}

/// Refusals count, wherever they come from.
reply<started> counted(const gateway_context& context,
                       const envelope<start_workflow>& x) {
  if (!context.metrics)
    return x.done;
  auto& what = x.request.what;
  auto name = what.name.empty() && what.definition ? what.definition->name
                                                   : what.name;
  auto then = [metrics = context.metrics, name = std::move(name),
               client = x.context.client, done = x.done](result<started> got) {
    if (!got)
      metrics->start_refused(name, client);
    done(std::move(got));
  };
  return reply<started>(std::move(then));
}

} // namespace start_detail

void start(const gateway_context_pointer& context, envelope<start_workflow> x) {
  start_watched(context, std::move(x), [](const std::string&) {});
}

void start_watched(const gateway_context_pointer& context,
                   envelope<start_workflow> x,
                   const std::function<void(const std::string& id)>& sent) {
  using namespace start_detail;
  x.done = counted(*context, x);
  auto& request = x.request.what;
  if (context->starts_in_flight >= context->settings.starts_in_flight_max) {
    x.done(failure{errc::unavailable,
                   "too many starts wait for their commit, try again"});
    return;
  }
  if (auto why = too_large(*context, request)) {
    x.done(std::move(*why));
    return;
  }
  auto definition = resolve(*context, request);
  if (!definition) {
    x.done(std::move(definition).failure());
    return;
  }
  auto id = context->ids->workflow_id();
  auto head = engine::make_head(request, std::move(*definition), id,
                                context->clock->now_ms());
  if (!head) {
    x.done(std::move(head).failure());
    return;
  }
  auto bytes = request.input ? request.input->text().size() : 0;
  auto no_memory
      = context->memory ? context->memory->begin_start(bytes) : std::nullopt;
  if (no_memory) {
    if (context->metrics)
      context->metrics->limit_reached(bounds::memory);
    x.done(std::move(*no_memory));
    return;
  }
  ++context->starts_in_flight;
  command::start start;
  start.head = std::move(*head);
  start.own_definition = request.definition != nullptr;
  if (!needs_coordination(start)) {
    send(*context, std::move(start), std::move(x.context),
         with_id(context, bytes, id, std::move(x.done)));
    return sent(id);
  }
  start_with_coordination(
      {context->directory, context->readers, context->env,
       x.context.request_id},
      std::move(start), request.idempotency_strategy,
      reply<begun>(
          [context, bytes, done = std::move(x.done)](result<begun> got) {
            ended(*context, bytes);
            if (!got)
              return done(std::move(got).failure());
            done(started{std::move(got->workflow_id)});
          }));
}

} // namespace tutti
