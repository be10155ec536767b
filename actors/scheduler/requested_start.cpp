#include "actors/scheduler/requested_start.hpp"

#include "actors/engine/decision/requested_start.hpp"
#include "actors/engine/definition/pin_definitions.hpp"
#include "actors/idempotent_start/start_coordinator.hpp"
#include "actors/workflow/post_commit_effects.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

namespace tutti {

namespace requested_start_detail {

result<workflow_def_pointer> definition_of(const shard_context& in,
                                           const start_other& what) {
  auto source = in.definitions();
  if (what.definition)
    return engine::pin_definitions(*what.definition, *source);
  if (in.pinned)
    return in.pinned(what.name, what.version);
  auto found = source->find_workflow(what.name, what.version);
  if (!found)
    return engine::no_such_workflow(what.name, what.version);
  return engine::pin_definitions(*found, *source);
}

} // namespace requested_start_detail

result<command::start> begin_other(const shard_context& in,
                                   const start_other& what) {
  auto definition = requested_start_detail::definition_of(in, what);
  if (!definition)
    return definition.failure();
  auto start
      = engine::start_of(what, std::move(*definition), in.clock->now_ms());
  auto most = in.bounds.workflow_input_bytes_max;
  // With the defaults of the definition.
  auto size = start ? start->head.input.text().size() : 0;
  if (size <= most)
    return start;
  if (in.metrics)
    in.metrics->limit_reached(bounds::workflow_input);
  return failure{errc::too_large,
                 "workflow '" + what.name + "' is not started: "
                     + sentence_of(bounds::workflow_input, size, most)};
}

namespace requested_start_detail {

/// Writes an outbox message in a commit of its own.
void write_outbox_message(const shard_context_pointer& in, outbox_message told,
                          const reply<answer>& done) {
  auto record = storage::write(told);
  if (!record)
    return done(record.failure());
  auto number = in->next_outbox_number++;
  storage::commit row{in->shard,
                      in->epoch,
                      {{storage::operation::kind::put,
                        storage::keys::outbox(number), std::move(*record)}}};
  auto in_flight = std::make_shared<post_commit_effects>(in);
  in_flight->answer_with(done, answer{});
  in_flight->deliver(
      {number, std::make_shared<const outbox_message>(std::move(told))});
  in->store->submit(std::move(row), [in_flight](const storage::outcome& how) {
    if (how == storage::outcome::ok)
      in_flight->mark_durable();
  });
}

bool is_transient(const failure& x) {
  return x.code == errc::unavailable || x.code == errc::internal;
}

/// The execution existed already (RETURN_EXISTING): a START_WORKFLOW gets its
/// id, a SUB_WORKFLOW follows it.
void share(const shard_context_pointer& in, const start_other& what,
           const std::string& id, const reply<answer>& done) {
  if (what.detached) {
    outbox_message told{what.parent_workflow_id, id,
                        workflow_command{command::child_started{
                            what.parent_task_id, id, what.workflow_id}}};
    return write_outbox_message(in, std::move(told), done);
  }
  envelope<call_workflow> call;
  call.request.workflow_id = id;
  call.request.what = command::attach{what.parent_workflow_id,
                                      what.parent_task_id, what.workflow_id};
  call.done = done;
  in->directory->tell(id, std::move(call));
}

} // namespace requested_start_detail

void start_with_care(const shard_context_pointer& in, const start_other& what,
                     command::start start, reply<answer> done) {
  auto copy = std::make_shared<const start_other>(what);
  start_with_coordination(
      {in->directory, in->readers, in->env}, std::move(start),
      what.idempotency_strategy,
      reply<begun>([in, copy, done = std::move(done)](result<begun> x) {
        using namespace requested_start_detail;
        if (x && !x->existed)
          return done(answer{});
        if (x)
          return share(in, *copy, x->workflow_id, done);
        if (is_transient(x.failure()))
          return done(std::move(x).failure());
        refuse_start(in, *copy, x.failure().message, done);
      }));
}

void refuse_start(const shard_context_pointer& in, const start_other& what,
                  std::string reason, const reply<answer>& done) {
  if (in->metrics)
    in->metrics->start_refused(what.name, {});
  if (what.parent_workflow_id.empty())
    return done(answer{});
  requested_start_detail::write_outbox_message(
      in, engine::not_started(what, std::move(reason)), done);
}

} // namespace tutti
