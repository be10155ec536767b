#pragma once

#include "actors/queue/queue_context.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace tutti {

/// Brings workers that wait on this node and tasks of other nodes' queues
/// together, and the other way round.
///
/// A node tells the others once that somebody waits for a queue
/// (`want_tasks`), and nothing more however long it waits. A node with tasks
/// that nobody takes there tells one of those that wait (`tasks_ready`), which
/// then polls: the task is handed out where its execution is, to one poll.
/// Every `tasks_ready` is answered, by polls or by "nobody waits any more", so
/// that the next node can be told.
///
/// Thread safe. Calls of the queues come from their threads.
/// A message that is lost is repeated by `look`.
class polls_elsewhere final
    : public queues_elsewhere,
      public std::enable_shared_from_this<polls_elsewhere> {
 public:
  explicit polls_elsewhere(std::shared_ptr<const actor_directory> directory)
      : directory_(std::move(directory)) {}

  /// Before anything else.
  void open(queue_manager_actor queues);
  /// Releases the handle of the actor.
  void close();

  // Workers here
  void wanted(const std::string& queue) override;
  void given_up(const std::string& queue) override;
  /// Called now and then: other nodes are told that nobody waits any more for
  /// queues that nobody has waited for since the call before the last, and what
  /// was lost is told again.
  void look();
  /// The other node has tasks.
  void offered(const std::string& node, const tasks_ready& x);

  // Workers at other nodes
  bool wants(const std::string& queue) const override;
  void ready(const std::string& queue, size_t count) override;
  void asked(const std::string& node, const want_tasks& x);
  /// A poll of the other node is here.
  void polled(const std::string& node, const std::string& queue);

  // The link to the other node
  void met(const std::string& node);
  void lost(const std::string& node);

  struct figures {
    uint64_t told = 0, offered = 0, lent = 0; ///< messages, and polls
  };
  figures count() const;
  std::vector<metric> metrics() const;

 private:
  /// Of a node that waits for a queue: it was told of tasks, and has not polled
  /// since.
  struct interest {
    bool told = false;
  };
  struct waiting_nodes {
    std::map<std::string, interest> nodes;
    std::string last; ///< told last; the next one is told next
  };

  /// A queue for which workers wait or waited here.
  struct waited_for {
    std::set<std::string> known_by; ///< nodes
    bool lately = true;
  };
  using queues_waited_for = std::map<std::string, waited_for, std::less<>>;

  void tell(const std::string& node, want_tasks what);
  queues_waited_for::iterator forget(queues_waited_for::iterator which);
  void took(const std::string& node, const std::string& queue,
            std::vector<envelope<poll_tasks>> polls);
  /// It did not take a poll, or was not told.
  void failed(const std::string& node, const std::string& queue);
  void offer_again(const std::vector<std::string>& queues) const;

  std::shared_ptr<const actor_directory> directory_;
  /// A letter that cannot be sent is answered at once.
  mutable std::recursive_mutex mutex_;
  queue_manager_actor queues_;
  std::set<std::string> met_;
  queues_waited_for waited_for_;
  std::map<std::string, waiting_nodes, std::less<>> waiting_;
  figures figures_;
};

} // namespace tutti
