#pragma once

#include "actors/waits/waits_context.hpp"
#include "messages/interfaces.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tutti {

/// What happens to a client's wait.
struct wait_event {
  struct began {
    result<started> got;
  };
  struct called {
    result<answer> got;
  };
  struct saw {
    uint64_t watch_id = 0;
    result<observed> got;
  };
  struct read {
    result<document> got;
  };
  std::variant<began, called, saw, read> what;
};

/// One client that waits for what an execution comes to: sends what it asks
/// for, watches the execution and its open descendants, and answers once. Its
/// messages come back as events; it has no thread and no clock.
class client_wait {
 public:
  struct surroundings {
    waits_context_pointer context;
    /// Posts an event of this wait.
    std::function<void(wait_event)> post;
    /// Unique on this node.
    std::function<uint64_t()> next_watch_id;
  };

  client_wait(surroundings in, wait_options how, request_context from,
              reply<waited> done);

  void execute(start_workflow_request what);
  void call(std::string id, workflow_command what);
  void signal(std::string id, command::signal what, bool waits);

  void on(wait_event& x);
  /// The deadline: answers with the state as it is.
  void expire();
  void fail(failure why);
  /// The client is gone.
  void leave();

  enum class ending : uint8_t { none, told, timed_out, failed, left };
  ending how_ended() const { return ending_; }

 private:
  struct watched {
    std::string id;
    std::vector<std::string> known_children;
    bool at_once = false;
  };

  void on(wait_event::began& x);
  void on(wait_event::called& x);
  void on(wait_event::saw& x);
  void on(wait_event::read& x);

  /// The execution exists: what was seen of it counts from now on.
  void confirm(const std::string& id);
  void watch(watched what);
  void see(const watched& from, observed& x);
  void follow_children(watched from, const observed& x);
  void conclude(const std::string& id, observed& x);
  /// Reads the addressed execution as it is, to answer with that.
  void look();
  void read_aside(const std::string& id, read_execution::part part);
  void answer_with(payload content);
  void answer(waited x);
  void end_watches();

  // The search for the task to signal

  void search();
  void found(const std::string& id);
  void nothing_found();

  template <class Request>
  void send(const std::string& id, Request what,
            reply<typename Request::response> done) const;
  template <class Event, class T>
  reply<T> event_of() const;

  bool is_task() const {
    return how_.strategy == return_strategy::blocking_task
           || how_.strategy == return_strategy::blocking_task_input;
  }
  observed_part part_of(const std::string& id) const;

  surroundings in_;
  wait_options how_;
  request_context from_;
  reply<waited> done_;

  std::string target_;
  waited out_;
  ending ending_ = ending::none;
  bool confirmed_ = false, expired_ = false;
  bool concluded_ = false; ///< only the answer's content is missing
  std::map<uint64_t, watched> watches_;
  /// Seen before the start was confirmed.
  std::optional<wait_event::saw> early_;

  /// Set while there is a task to signal.
  std::optional<command::signal> signal_;
  bool waits_ = true;
  std::vector<std::string> to_search_; ///< the next one last
  size_t searched_ = 0;
  int tries_ = 0;
};

} // namespace tutti
