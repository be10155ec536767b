#include "actors/queue/hand_out.hpp"

#include "messages/model/ids.hpp"
#include "messages/model/logging/log.hpp"

#include <caf/send.hpp>

#include <atomic>

namespace tutti {

namespace hand_out_detail {

/// Answers arrive on the threads of several schedulers; each writes its own
/// slot, and the last one reads all.
class collector {
 public:
  collector(const queue_context& where, queue_actor queue, parked_poll poll,
            std::vector<granted_task> tasks)
      : limits_(where.limits), metrics_(where.metrics),
        queue_(std::move(queue)), poll_(std::move(poll)),
        tasks_(std::move(tasks)), answers_(tasks_.size()),
        missing_(tasks_.size()) {}

  size_t size() const { return tasks_.size(); }
  const granted_task& task(size_t i) const { return tasks_[i]; }
  const std::string& worker_id() const { return poll_.poll.request.worker_id; }
  const std::string& request_id() const {
    return poll_.poll.context.request_id;
  }

  void answered(size_t i, result<answer> x) {
    answers_[i] = std::move(x);
    if (missing_.fetch_sub(1) == 1)
      finish();
  }

 private:
  void finish() {
    hand_out_ended report;
    polled out;
    for (size_t i = 0; i < tasks_.size(); ++i) {
      auto& x = *answers_[i];
      if (x && x->effective) {
        out.tasks.push_back(std::move(x->text));
        continue;
      }
      auto& [task, verdict] = tasks_[i];
      if (limits_ && !verdict.held_before)
        limits_->give_back(task.limited_by, task.task_id);
      if (!x)
        count(x.failure().code);
      if (!x && may_succeed_later(x.failure().code))
        report.failed.push_back(std::move(task));
    }
    if (out.tasks.empty())
      report.empty_handed = std::make_shared<parked_poll>(std::move(poll_));
    else
      poll_.poll.done(std::move(out));
    if (report.empty_handed || !report.failed.empty())
      caf::anon_send(queue_, std::move(report));
  }

  void count(errc x) const {
    auto& asked = poll_.poll.request;
    if (metrics_)
      metrics_->poll_failed(asked.task_type, asked.domain,
                            x == errc::internal      ? "internal"
                            : x == errc::unavailable ? "unavailable"
                                                     : "refused");
  }

  static bool may_succeed_later(errc x) {
    return x == errc::unavailable || x == errc::internal;
  }

  std::shared_ptr<task_limits> limits_;
  std::shared_ptr<counters> metrics_;
  queue_actor queue_;
  parked_poll poll_;
  std::vector<granted_task> tasks_;
  std::vector<std::optional<result<answer>>> answers_;
  std::atomic<size_t> missing_;
};

} // namespace hand_out_detail

void hand_out(const queue_context& where, queue_actor queue, parked_poll poll,
              std::vector<granted_task> tasks) {
  auto all = std::make_shared<hand_out_detail::collector>(
      where, std::move(queue), std::move(poll), std::move(tasks));
  for (size_t i = 0, n = all->size(); i < n; ++i) {
    auto& x = all->task(i).task;
    auto& verdict = all->task(i).verdict;
    envelope<call_workflow> call;
    call.request.workflow_id = x.workflow_id;
    call.request.what
        = command::hand_out{x.task_id, all->worker_id(), verdict.limited,
                            verdict.granted_at, verdict.slot};
    call.done = reply<answer>(
        [all, i](result<answer> got) { all->answered(i, std::move(got)); });
    call.context.request_id = all->request_id();
    logging::debug("queue", {all->request_id(), x.workflow_id, x.task_id}, [&] {
      return "popped from queue '" + x.queue + "' for worker '"
             + all->worker_id() + "'";
    });
    where.directory->tell(x.workflow_id, std::move(call));
  }
}

} // namespace tutti
