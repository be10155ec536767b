#include "actors/workflow/workflow_actor.hpp"
#include "storage/keys.hpp"

// Turns effects into rows of the next commit, and into messages that are sent
// once it is durable.

namespace tutti {

namespace effect_writer_detail {

waiting_task to_waiting(engine::queue_row&& row, const std::string& id,
                        int64_t bytes = 0) {
  return {std::move(row.queue),
          id,
          std::move(row.task_id),
          row.priority,
          row.visible_at,
          row.seq,
          std::move(row.limited_by),
          row.own_limit,
          bytes};
}

std::string key_of(const engine::queue_row& row) {
  return storage::keys::queue(row.queue, row.priority, row.visible_at, row.seq,
                              row.task_id);
}

/// True when the definition in these events belongs to this execution alone: it
/// came with the request instead of the registry.
bool brings_own_definition(const workflow_command& what,
                           const std::vector<event>& events) {
  if (auto* start = std::get_if<command::start>(&what))
    return start->own_definition;
  auto* restart = std::get_if<command::restart>(&what);
  for (auto& e : events)
    if (auto* x = event_as<workflow_changed>(e); x && x->definition)
      return !restart || restart->definition != *x->definition;
  return false;
}

} // namespace effect_writer_detail

void workflow_state::record(engine::decision& decided,
                            const workflow_command& what, int64_t now) {
  bool own = effect_writer_detail::brings_own_definition(what, decided.events);
  for (auto& effect : decided.effects)
    std::visit([&](auto& x) { add(x, now); }, effect);
  if (auto* given = std::get_if<command::hand_out>(&what);
      given && given->granted_at != 0)
    if (auto* row = execution_.find(given->task_id))
      batch_.push_back({storage::operation::kind::put,
                        storage::keys::grant(row->task_def_name, given->slot),
                        std::to_string(given->granted_at)});
  if (decided.events.empty())
    return;
  auto added = stored_->add_revision(batch_, std::move(decided.events),
                                     std::move(decided.why), now, own);
  if (!added)
    unwritable_ = std::move(added).failure();
}

void workflow_state::add(engine::offer_task& x, int64_t) {
  auto* row = execution_.find(x.row.task_id);
  auto bytes = row ? int64_t(row->input.text().size()) : 0;
  batch_.push_back(
      {storage::operation::kind::put, effect_writer_detail::key_of(x.row),
       storage::write(storage::queue_entry{setup.id, x.row.limited_by,
                                           x.row.own_limit, bytes})});
  next_->offer(
      effect_writer_detail::to_waiting(std::move(x.row), setup.id, bytes));
}

void workflow_state::add(engine::withdraw_task& x, int64_t) {
  batch_.push_back({storage::operation::kind::erase,
                    effect_writer_detail::key_of(x.row),
                    {}});
  next_->withdraw(effect_writer_detail::to_waiting(std::move(x.row), setup.id));
}

void workflow_state::add(engine::send_outbox_message& x, int64_t) {
  auto record = storage::write(*x.what);
  if (!record) {
    unwritable_ = std::move(record).failure();
    return;
  }
  auto number = setup.context->next_outbox_number++;
  batch_.push_back({storage::operation::kind::put,
                    storage::keys::outbox(number), std::move(*record)});
  next_->deliver({number, x.what});
}

void workflow_state::add(engine::append_logs& x, int64_t now) {
  auto& context = *setup.context;
  uint64_t bytes = 0;
  for (auto& line : x.logs)
    bytes += line.log.size();
  // The update itself counts; only its lines are dropped.
  switch (context.logs->take(x.task_id, x.logs.size(), bytes)) {
    case task_log_room::verdict::fits:
      break;
    case task_log_room::verdict::full:
      if (context.metrics)
        context.metrics->reached()->add(
            *context.logs->refusal(x.task_id, x.logs.size(), bytes).first);
      return;
    case task_log_room::verdict::unknown:
      task_log_room::learn_from(context.logs, *context.readers, context.shard,
                                x.task_id);
  }
  for (auto& line : x.logs) {
    auto time = line.created_time > 0 ? line.created_time : now;
    batch_.push_back(
        {storage::operation::kind::put,
         storage::keys::log(x.task_id, time, setup.context->next_log++),
         std::move(line.log)});
  }
}

void workflow_state::publish_outside(engine::publish_message& x) {
  outbox_message out;
  out.to = x.provider + ':' + x.queue;
  out.from = setup.id;
  out.what = external_message{std::move(x.provider), std::move(x.queue),
                              std::move(x.id), std::move(x.content)};
  auto record = storage::write(out);
  if (!record) {
    unwritable_ = std::move(record).failure();
    return;
  }
  auto number = setup.context->next_outbox_number++;
  batch_.push_back({storage::operation::kind::put,
                    storage::keys::external_outbox(number),
                    std::move(*record)});
  next_->deliver_outside(
      {number, std::make_shared<const outbox_message>(std::move(out))});
}

void workflow_state::add(engine::publish_message& x, int64_t) {
  if (!x.provider.empty())
    return publish_outside(x);
  auto record = storage::write_message(x.content);
  if (!record) {
    unwritable_ = std::move(record).failure();
    return;
  }
  batch_.push_back({storage::operation::kind::put,
                    storage::keys::message(x.queue, x.at, x.id),
                    std::move(*record)});
  if (!setup.context->events)
    return;
  setup.context->events->published(x.queue);
  published_.push_back(std::move(x.queue));
}

void workflow_state::add(engine::retract_message& x, int64_t) {
  batch_.push_back({storage::operation::kind::erase,
                    storage::keys::message(x.queue, x.at, x.id),
                    {}});
  if (!setup.context->events)
    return;
  setup.context->events->taken_out(x.queue);
  retracted_.push_back(std::move(x.queue));
}

void workflow_state::add(engine::cache_output& x, int64_t) {
  auto& outputs = setup.context->outputs;
  if (!outputs)
    return;
  auto record = storage::write(storage::cached_output{x.expires_at, x.output});
  if (!record) {
    unwritable_ = std::move(record).failure();
    return;
  }
  batch_.push_back({storage::operation::kind::put,
                    storage::keys::cached_output(x.name, x.key),
                    std::move(*record)});
  next_->cache(std::move(x));
}

void workflow_state::add(engine::take_lease& x, int64_t) {
  auto id = x.what.task_id;
  taken_.insert_or_assign(std::move(id), std::move(x.what));
}

void workflow_state::add(engine::end_lease& x, int64_t) {
  if (taken_.erase(x.task_id) == 0)
    batch_.push_back({storage::operation::kind::erase,
                      storage::keys::lease(x.definition, x.task_id),
                      {}});
  next_->end_lease(std::move(x.definition), std::move(x.task_id));
}

} // namespace tutti
