#include "actors/evaluators/helper_process.hpp"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace tutti::evaluators {

namespace helper_process_detail {

using namespace std::chrono_literals;

/// A start takes about 50 ms; this is for an overloaded machine.
constexpr auto start_limit = 10s;

/// posix_spawn's two parts, freed together.
struct spawn_plan {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  explicit spawn_plan(int socket) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", 0, 0);
    posix_spawn_file_actions_adddup2(&files, socket, evaluator_socket);
    posix_spawn_file_actions_addclosefrom_np(&files, evaluator_socket + 1);
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // A process group of its own: signals from the terminal are for the node,
    // which needs its helpers until it has drained.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK
                                              | POSIX_SPAWN_SETSIGDEF
                                              | POSIX_SPAWN_SETPGROUP);
  }
  ~spawn_plan() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
};

failure unavailable(std::string sentence) {
  return {errc::unavailable, std::move(sentence)};
}

} // namespace helper_process_detail

std::string program_of(const evaluator_settings& settings) {
  if (!settings.program.empty())
    return settings.program;
  char path[PATH_MAX];
  auto length = readlink("/proc/self/exe", path, sizeof path);
  std::string self(path, length > 0 ? size_t(length) : 0);
  auto slash = self.rfind('/');
  return (slash == self.npos ? "" : self.substr(0, slash + 1))
         + "tutti-evaluator";
}

result<done> helper_process::start(const evaluator_settings& settings,
                                   const std::string& language) {
  using namespace helper_process_detail;
  stop();
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return unavailable("no socket for a script evaluator: "
                       + std::string(std::strerror(errno)));
  // dup2 onto itself would leave the close-on-exec mark in place.
  if (sockets[1] == evaluator_socket)
    std::swap(sockets[0], sockets[1]);
  auto program = program_of(settings);
  auto parent = std::to_string(getpid());
  auto memory = std::to_string(settings.memory_mib);
  const char* arguments[] = {program.c_str(), language.c_str(), parent.c_str(),
                             memory.c_str(), nullptr};
  // Nothing of the node's environment; scripts use UTC everywhere.
  const char* environment[] = {"TZ=UTC", nullptr};
  spawn_plan plan(sockets[1]);
  int error = posix_spawn(&pid_, program.c_str(), &plan.files, &plan.attributes,
                          const_cast<char**>(arguments),
                          const_cast<char**>(environment));
  close(sockets[1]);
  if (error != 0) {
    close(sockets[0]);
    pid_ = -1;
    return unavailable("the script evaluator " + program
                       + " cannot be started: " + std::strerror(error));
  }
  socket_ = sockets[0];
  ready_ = false;
  return done{};
}

bool helper_process::alive() {
  if (pid_ <= 0 || waitpid(pid_, &last_status_, WNOHANG) == 0)
    return pid_ > 0;
  close(socket_);
  pid_ = socket_ = -1;
  return false;
}

result<done> helper_process::wait_until_ready() {
  using namespace helper_process_detail;
  if (ready_)
    return done{};
  reply_header hello;
  auto how = read(reinterpret_cast<char*>(&hello), sizeof hello,
                  clock::now() + start_limit);
  if (how != end::replied || hello.status != frame_status::ready) {
    stop();
    return unavailable(how == end::overdue
                           ? "the script evaluator did not start in time"
                           : "the script evaluator ended while it started");
  }
  ready_ = true;
  return done{};
}

helper_process::end
helper_process::exchange(const request_header& head, std::string_view source,
                         std::string_view input, clock::time_point deadline,
                         reply_header& answer, std::string& text) {
  constexpr size_t copied_max = 64 * 1024;
  std::string frame(reinterpret_cast<const char*>(&head), sizeof head);
  frame += source;
  bool whole = input.size() <= copied_max;
  if (whole)
    frame += input;
  auto how = write(frame, deadline);
  if (how == end::replied && !whole)
    how = write(input, deadline);
  if (how == end::replied)
    how = read(reinterpret_cast<char*>(&answer), sizeof answer, deadline);
  if (how != end::replied)
    return give_up(how);
  // A helper keeps to its bounds; a compromised one may not.
  constexpr uint32_t message_bytes_max = 4096;
  if (answer.text_bytes > std::max(head.result_bytes_max, message_bytes_max))
    return give_up(end::broken);
  text.resize(answer.text_bytes);
  how = read(text.data(), text.size(), deadline);
  return how == end::replied ? how : give_up(how);
}

helper_process::end helper_process::wait(short events,
                                         clock::time_point deadline) {
  for (;;) {
    auto left
        = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    pollfd what{socket_, events, 0};
    int n = poll(&what, 1, int(std::max<int64_t>(0, left.count())));
    if (n > 0)
      return end::replied;
    if (n < 0 && errno != EINTR)
      return end::broken;
    if (clock::now() >= deadline)
      return end::overdue;
  }
}

helper_process::end helper_process::write(std::string_view bytes,
                                          clock::time_point deadline) {
  while (!bytes.empty()) {
    auto n = send(socket_, bytes.data(), bytes.size(),
                  MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      bytes.remove_prefix(size_t(n));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (auto how = wait(POLLOUT, deadline); how != end::replied)
        return how;
    } else if (errno != EINTR) {
      return end::broken;
    }
  }
  return end::replied;
}

helper_process::end helper_process::read(char* to, size_t bytes,
                                         clock::time_point deadline) {
  while (bytes > 0) {
    auto n = recv(socket_, to, bytes, MSG_DONTWAIT);
    if (n > 0) {
      to += n;
      bytes -= size_t(n);
    } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (auto how = wait(POLLIN, deadline); how != end::replied)
        return how;
    } else if (n == 0 || errno != EINTR) {
      return end::broken;
    }
  }
  return end::replied;
}

helper_process::end helper_process::give_up(end why) {
  stop();
  return why;
}

void helper_process::stop() {
  if (pid_ <= 0)
    return;
  // A helper that ended by itself stays a zombie until it is waited for, so the
  // pid still means this process.
  kill(pid_, SIGKILL);
  while (waitpid(pid_, &last_status_, 0) < 0 && errno == EINTR) {
  }
  close(socket_);
  pid_ = socket_ = -1;
}

} // namespace tutti::evaluators
