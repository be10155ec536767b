#include "actors/workflow/post_commit_effects.hpp"

#include "actors/schedules/firing_ids.hpp"
#include "messages/model/logging/log.hpp"

namespace tutti {

post_commit_effects::~post_commit_effects() {
  if (durable_ && !told_)
    tell();
}

void post_commit_effects::offer(waiting_task row) {
  offer_of_[row.task_id] = offers_.size();
  offers_.push_back(std::move(row));
}

// The same commit offers and withdraws the row: nobody else hears of it.
void post_commit_effects::withdraw(waiting_task row) {
  if (auto it = offer_of_.find(row.task_id); it != offer_of_.end()) {
    auto i = it->second;
    offer_of_.erase(it);
    if (i + 1 != offers_.size()) {
      offers_[i] = std::move(offers_.back());
      offer_of_[offers_[i].task_id] = i;
    }
    offers_.pop_back();
    return;
  }
  withdraws_.push_back(std::move(row));
}

void post_commit_effects::log_commit() const {
  using std::chrono::microseconds;
  auto within = std::chrono::steady_clock::now() - submitted_;
  auto us = std::chrono::duration_cast<microseconds>(within).count();
  for (auto& x : followed_)
    logging::debug("workflow", {x.request_id, workflow_id_, x.task_id}, [&] {
      return "committed in " + std::to_string(us) + " us";
    });
  for (auto& x : offers_)
    logging::debug("workflow",
                   {followed_.back().request_id, x.workflow_id, x.task_id},
                   [&] { return "handed to queue '" + x.queue + "'"; });
}

// Limits and queues first, then the caller: a client that polls as soon as it
// is answered finds the tasks that its call queued. Nobody waits for the
// others.
void post_commit_effects::tell() {
  told_ = true;
  if (!followed_.empty())
    log_commit();
  bool wakes_janitor = false;
  if (auto* limits = context_->limits.get())
    for (auto& [definition, task_id, begins] : leases_)
      begins ? limits->taken(definition, task_id)
             : limits->ended(definition, task_id);
  auto* directory = context_->directory.get();
  if (directory && !withdraws_.empty())
    directory->tell(withdraw_tasks{std::move(withdraws_)});
  if (directory && !offers_.empty())
    directory->tell(offer_tasks{std::move(offers_)});
  for (auto& x : outputs_)
    if (context_->outputs->insert(context_->shard, std::move(x)))
      wakes_janitor = true;
  for (auto& [to, what] : answers_)
    to(std::move(what));
  for (auto& tell : others_)
    tell(nullptr);
  if (!directory)
    return;
  if (wakes_janitor)
    directory->tell_output_kept();
  if (!outbox_messages_.empty())
    directory->tell(context_->shard,
                    deliver_outbox_messages{std::move(outbox_messages_)});
  if (!external_messages_.empty())
    directory->tell_sink_relay(
        context_->shard,
        deliver_outbox_messages{std::move(external_messages_)});
  if (schedule_)
    directory->tell(
        schedule_shard_id(schedule_->schedule),
        envelope<scheduled_execution_ended>{std::move(*schedule_), {}, {}});
  if (call_)
    directory->tell(context_->shard, std::move(*call_));
}

void post_commit_effects::refuse(const failure& why) {
  told_ = true;
  for (auto& [to, what] : answers_)
    to(why);
  for (auto& tell : others_)
    tell(&why);
}

} // namespace tutti
