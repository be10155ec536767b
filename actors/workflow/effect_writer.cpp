#include "actors/workflow/workflow_actor.hpp"
#include "storage/keys.hpp"

#include <stdexcept>

// What was decided, as rows of the next commit and as what is to be told once
// it is durable.

namespace tutti {

namespace effect_writer_detail {

waiting_task to_waiting(engine::queue_row&& row, const std::string& id) {
  return {
      std::move(row.queue), id,      std::move(row.task_id),    row.priority,
      row.visible_at,       row.seq, std::move(row.limited_by), row.own_limit};
}

std::string key_of(const engine::queue_row& row) {
  return storage::keys::queue(row.queue, row.priority, row.visible_at, row.seq,
                              row.task_id);
}

/// A definition that a revision brings is shared when it was registered.
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
  for (auto& x : decided.effects)
    add_effect(x, now);
  if (auto* given = std::get_if<command::hand_out>(&what);
      given && given->granted_at != 0)
    if (auto* row = execution_.find(given->task_id))
      batch_.push_back({storage::operation::kind::put,
                        storage::keys::grant(row->task_def_name, given->slot),
                        std::to_string(given->granted_at)});
  if (!decided.events.empty())
    stored_->add_revision(batch_, std::move(decided.events),
                          std::move(decided.why), now, own);
}

void workflow_state::add_effect(engine::effect& x, int64_t now) {
  using storage::operation;
  namespace keys = storage::keys;
  using namespace effect_writer_detail;
  if (auto* offer = std::get_if<engine::offer_task>(&x)) {
    batch_.push_back(
        {operation::kind::put, key_of(offer->row),
         storage::write(storage::queue_entry{setup.id, offer->row.limited_by,
                                             offer->row.own_limit})});
    next_->offer(to_waiting(std::move(offer->row), setup.id));
  } else if (auto* gone = std::get_if<engine::withdraw_task>(&x)) {
    batch_.push_back({operation::kind::erase, key_of(gone->row), {}});
    next_->withdraw(to_waiting(std::move(gone->row), setup.id));
  } else if (auto* send = std::get_if<engine::send_outbox_message>(&x)) {
    auto record = storage::write(*send->what);
    if (!record)
      throw std::logic_error(record.failure().message);
    auto number = setup.context->next_outbox_number++;
    batch_.push_back(
        {operation::kind::put, keys::outbox(number), std::move(*record)});
    next_->deliver({number, send->what});
  } else if (auto* told = std::get_if<engine::publish_message>(&x)) {
    batch_.push_back({operation::kind::put,
                      keys::message(told->queue, told->at, told->id),
                      storage::write_message(told->content)});
    if (setup.context->events)
      setup.context->events->published(told->queue);
  } else if (auto* gone = std::get_if<engine::retract_message>(&x)) {
    batch_.push_back({operation::kind::erase,
                      keys::message(gone->queue, gone->at, gone->id),
                      {}});
    if (setup.context->events)
      setup.context->events->taken_out(gone->queue);
  } else if (auto* kept = std::get_if<engine::cache_output>(&x)) {
    cache_output(*kept);
  } else if (auto* taken = std::get_if<engine::take_lease>(&x)) {
    take_lease(std::move(taken->what));
  } else if (auto* ended = std::get_if<engine::end_lease>(&x)) {
    end_lease(std::move(*ended));
  } else {
    auto& logs = std::get<engine::append_logs>(x);
    for (auto& line : logs.logs) {
      auto time = line.created_time > 0 ? line.created_time : now;
      batch_.push_back(
          {operation::kind::put,
           keys::log(logs.task_id, time, setup.context->next_log++),
           std::move(line.log)});
    }
  }
}

void workflow_state::cache_output(engine::cache_output& x) {
  auto& outputs = setup.context->outputs;
  if (!outputs)
    return;
  batch_.push_back(
      {storage::operation::kind::put,
       storage::keys::cached_output(x.name, x.key),
       storage::write(storage::cached_output{x.expires_at, x.output})});
  next_->cache(std::move(x));
}

void workflow_state::take_lease(task_lease x) {
  auto id = x.task_id;
  taken_.insert_or_assign(std::move(id), std::move(x));
}

void workflow_state::end_lease(engine::end_lease x) {
  if (taken_.erase(x.task_id) == 0)
    batch_.push_back({storage::operation::kind::erase,
                      storage::keys::lease(x.definition, x.task_id),
                      {}});
  next_->end_lease(std::move(x.definition), std::move(x.task_id));
}

} // namespace tutti
