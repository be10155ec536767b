#pragma once

#include "actors/workflow/shard_context.hpp"

#include <functional>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tutti {

/// Messages to send once a commit is durable. The destructor sends those of a
/// durable commit that were not sent: effects outlive an actor that crashed.
class post_commit_effects {
 public:
  explicit post_commit_effects(shard_context_pointer context)
      : context_(std::move(context)) {}
  post_commit_effects(const post_commit_effects&) = delete;
  post_commit_effects& operator=(const post_commit_effects&) = delete;
  ~post_commit_effects();

  void answer_with(reply<answer> to, result<answer> what) {
    answers_.emplace_back(std::move(to), std::move(what));
  }
  /// Another kind of answer; these come after the others.
  template <class T>
  void answer_with(reply<T> to, std::type_identity_t<result<T>> what) {
    others_.push_back([to = std::move(to),
                       what = std::move(what)](const failure* instead) mutable {
      if (instead)
        to(*instead);
      else
        to(std::move(what));
    });
  }
  void take_lease(std::string definition, std::string task_id) {
    leases_.push_back({std::move(definition), std::move(task_id), true});
  }
  void end_lease(std::string definition, std::string task_id) {
    leases_.push_back({std::move(definition), std::move(task_id), false});
  }
  void offer(waiting_task row);
  void withdraw(waiting_task row);
  void deliver(stored_outbox_message x) {
    outbox_messages_.push_back(std::move(x));
  }
  /// To other systems.
  void deliver_outside(stored_outbox_message x) {
    external_messages_.push_back(std::move(x));
  }
  void cache(engine::cache_output x) { outputs_.push_back(std::move(x)); }
  /// The execution that a schedule started has ended.
  void tell_schedule(scheduled_execution_ended x) { schedule_ = std::move(x); }
  void call(std::string workflow_id, int64_t due) {
    call_ = schedule_timer{std::move(workflow_id), due};
  }

  /// For debug lines: a request whose decision is in the commit.
  void follow(std::string request_id, std::string task_id) {
    followed_.push_back({std::move(request_id), std::move(task_id)});
  }
  /// The commit is with the store.
  void submitted(const std::string& workflow_id) {
    if (followed_.empty())
      return;
    workflow_id_ = workflow_id;
    submitted_ = std::chrono::steady_clock::now();
  }

  /// Called on the store's thread.
  void mark_durable() { durable_ = true; }
  bool durable() const { return durable_; }
  void tell();
  /// Instead of `tell`: the store takes no such commit.
  void refuse(const failure& why);

 private:
  void log_commit() const;

  shard_context_pointer context_;
  std::vector<std::pair<reply<answer>, result<answer>>> answers_;
  std::vector<std::function<void(const failure* instead)>> others_;
  struct lease_change {
    std::string definition, task_id;
    bool begins;
  };
  std::vector<lease_change> leases_;
  std::vector<waiting_task> offers_, withdraws_;
  std::unordered_map<std::string, size_t> offer_of_;
  std::vector<stored_outbox_message> outbox_messages_, external_messages_;
  std::vector<engine::cache_output> outputs_;
  std::optional<schedule_timer> call_;
  std::optional<scheduled_execution_ended> schedule_;
  struct followed {
    std::string request_id, task_id;
  };
  std::vector<followed> followed_;
  std::string workflow_id_; ///< set if something is followed
  std::chrono::steady_clock::time_point submitted_{};
  std::atomic<bool> durable_{false};
  bool told_ = false;
};

using post_commit_effects_pointer = std::shared_ptr<post_commit_effects>;

} // namespace tutti
