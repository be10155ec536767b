#pragma once

#include "api/rest/server/exchange.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tutti::rest {

/// How other threads reach a loop. It outlives the loop, because exchanges do:
/// late answers are dropped.
class mailbox final : public reply_port {
 public:
  struct answer {
    uint64_t connection;
    response what;
  };
  using command = std::function<void()>;
  /// Delivers an answer directly on the loop's own thread.
  using shortcut = std::function<void(uint64_t connection, response&&)>;

  mailbox();
  ~mailbox() override;
  mailbox(const mailbox&) = delete;
  mailbox& operator=(const mailbox&) = delete;

  /// Readable (edge triggered) after a post while the loop slept.
  int wake_fd() const { return wake_fd_; }

  void deliver(uint64_t connection, response&& what) override;
  void post(command what);

  // The loop's side.
  void open(shortcut direct);
  void close();
  /// True: nothing waits, and from now on a post writes to `wake_fd`.
  bool fall_asleep();
  void take(std::vector<answer>& answers, std::vector<command>& commands);

 private:
  void wake(bool was_asleep);

  const int wake_fd_;
  // Written by the loop's thread, before it serves and after it ended.
  std::atomic<std::thread::id> owner_;
  shortcut direct_;
  std::mutex mutex_;
  bool open_ = true;
  bool asleep_ = false;
  std::vector<answer> answers_;
  std::vector<command> commands_;
};

} // namespace tutti::rest
