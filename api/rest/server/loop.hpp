#pragma once

#include "api/rest/server/connection.hpp"
#include "api/rest/server/mailbox.hpp"
#include "api/rest/server/server.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::rest {

/// Shared by the loops of a server.
struct server_shared {
  server_options options;
  request_handler handler;
  std::shared_ptr<server_counts> counts;
  std::shared_ptr<byte_budget> bodies;
  std::atomic<bool> draining = false;

  void reached(const bound& which) const {
    if (options.reached)
      options.reached->add(which);
  }

  std::mutex mutex;
  std::condition_variable drained;
  size_t loops_busy = 0;
};

/// One thread's epoll loop: a listener, its connections, their deadlines.
class loop {
 public:
  /// Takes over `listener`.
  loop(server_shared& shared, int listener);
  ~loop();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  bool ready() const { return epoll_ >= 0 && mailbox_->wake_fd() >= 0; }
  void run(); ///< until stopped; on the loop's own thread
  void drain();
  void stop();

 private:
  // loop.cpp: turns, connections, deadlines
  void turn();
  int wait_ms() const;
  void on_event(connection& c, uint32_t events);
  void take_mail();
  void expire();
  void begin_drain();
  void close_all();
  connection* find(uint64_t id) const;
  void close(connection& c);
  void log(std::string_view line) const;

  // loop_accept.cpp
  void accept_some();
  void adopt(int fd);
  void accept_failed(int error);
  void pause_accepting();
  void resume_accepting();

  // loop_read.cpp
  void pump(connection& c);
  bool receive(connection& c);
  size_t use(connection& c, std::string_view bytes);
  void dispatch(connection& c);
  bool admit_body(connection& c);
  void forget_upload(connection& c);
  void refuse(connection& c, refusal kind, uint16_t status,
              std::string_view why);
  void parked_gone(connection& c);
  void discard(connection& c);
  void again(connection& c);

  // loop_write.cpp
  void answer(connection& c, response&& what);
  void flush(connection& c);
  void finish_write(connection& c);
  void shed_output();
  void count_unsent(int64_t bytes);
  void no_longer_waits(connection& c);
  std::string_view date_line();

  server_shared& shared_;
  const server_limits& limits_;
  std::shared_ptr<mailbox> mailbox_;
  int epoll_ = -1;
  int listener_ = -1;
  bool accepting_ = false;
  bool accept_failed_ = false;
  bool draining_ = false;
  bool stopping_ = false;
  bool reported_drained_ = false;
  steady::time_point now_ = steady::now();
  steady::time_point accept_again_ = steady::time_point::max();

  // An id is generation << 32 | slot: late events and answers for a closed
  // connection do not reach its successor.
  std::vector<std::unique_ptr<connection>> slots_;
  std::vector<uint32_t> free_;
  std::vector<std::unique_ptr<connection>> graveyard_;
  uint32_t generation_ = 0;
  size_t open_ = 0;

  deadline_lists deadlines_;
  // Connections with a body under way; the one that received nothing for the
  // longest time is first.
  std::list<connection*> uploads_;
  std::vector<uint64_t> again_;
  std::vector<uint64_t> again_now_;
  std::vector<mailbox::answer> answers_;
  std::vector<mailbox::command> commands_;
  uint64_t unsent_ = 0;
  std::string head_;
  std::string date_;
  int64_t date_second_ = 0;
  std::array<char, 64u << 10> buffer_;
};

} // namespace tutti::rest
