#include "api/rest/server/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace tutti::rest {

mailbox::mailbox() : wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

mailbox::~mailbox() {
  if (wake_fd_ >= 0)
    ::close(wake_fd_);
}

void mailbox::deliver(uint64_t connection, response&& what) {
  if (owner_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
    direct_(connection, std::move(what));
    return;
  }
  bool was_asleep = false;
  {
    std::lock_guard guard(mutex_);
    if (!open_)
      return;
    answers_.push_back({connection, std::move(what)});
    was_asleep = std::exchange(asleep_, false);
  }
  wake(was_asleep);
}

void mailbox::post(command what) {
  bool was_asleep = false;
  {
    std::lock_guard guard(mutex_);
    if (!open_)
      return;
    commands_.push_back(std::move(what));
    was_asleep = std::exchange(asleep_, false);
  }
  wake(was_asleep);
}

void mailbox::open(shortcut direct) {
  direct_ = std::move(direct);
  owner_.store(std::this_thread::get_id());
}

void mailbox::close() {
  std::vector<answer> answers;
  std::vector<command> commands;
  owner_.store(std::thread::id{});
  std::lock_guard guard(mutex_);
  open_ = false;
  answers.swap(answers_);
  commands.swap(commands_);
}

bool mailbox::fall_asleep() {
  std::lock_guard guard(mutex_);
  asleep_ = answers_.empty() && commands_.empty();
  return asleep_;
}

void mailbox::take(std::vector<answer>& answers,
                   std::vector<command>& commands) {
  answers.clear();
  commands.clear();
  std::lock_guard guard(mutex_);
  asleep_ = false;
  answers.swap(answers_);
  commands.swap(commands_);
}

// Never read: each write is an edge of its own, and the counter cannot overflow
// in practice.
void mailbox::wake(bool was_asleep) {
  if (was_asleep)
    eventfd_write(wake_fd_, 1);
}

} // namespace tutti::rest
