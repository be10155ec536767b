#include "tools/tutti/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

extern char** environ;

namespace tutti::cli {

namespace child_process_detail {

using clock = std::chrono::steady_clock;

constexpr size_t err_bytes_kept = 64 << 10;

class descriptor {
 public:
  descriptor() = default;
  ~descriptor() { reset(); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  void reset(int fd = -1) {
    if (fd_ >= 0)
      close(fd_);
    fd_ = fd;
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct pipe_pair {
  descriptor read, write;
  bool make() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      return false;
    read.reset(ends[0]);
    write.reset(ends[1]);
    return true;
  }
};

failure system_failure(const std::string& what, int code) {
  return {errc::internal, what + ": " + std::strerror(code)};
}

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> out;
  for (char** e = environ; *e; ++e) {
    std::string_view entry(*e);
    if (std::none_of(added.begin(), added.end(),
                     [&](auto& x) { return entry.starts_with(x.first + "="); }))
      out.emplace_back(entry);
  }
  for (auto& [name, value] : added)
    out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& t : texts)
    out.push_back(t.data());
  out.push_back(nullptr);
  return out;
}

result<pid_t> spawn(const process_options& options, const pipe_pair& in,
                    const pipe_pair& out, const pipe_pair& err) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in.read.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err.write.get(), STDERR_FILENO);
  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (int signal : {SIGPIPE, SIGTERM, SIGINT})
    sigaddset(&defaults, signal);
  posix_spawnattr_setsigdefault(&how, &defaults);
  posix_spawnattr_setpgroup(&how, 0);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  auto words = options.command;
  auto settings = environment_with(options.environment);
  pid_t pid = 0;
  int code = posix_spawnp(&pid, words.front().c_str(), &files, &how,
                          pointers(words).data(), pointers(settings).data());
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  if (code != 0)
    return system_failure("cannot run '" + words.front() + "'", code);
  return pid;
}

void feed(descriptor& to, std::string_view& input) {
  auto n = write(to.get(), input.data(), input.size());
  if (n > 0)
    input.remove_prefix(static_cast<size_t>(n));
  // A command may ignore its input.
  if (input.empty() || (n < 0 && errno != EAGAIN && errno != EINTR))
    to.reset();
}

/// False at the end of the stream.
bool drain(descriptor& from, std::string& into) {
  char buffer[16 << 10];
  auto n = read(from.get(), buffer, sizeof buffer);
  if (n > 0) {
    into.append(buffer, static_cast<size_t>(n));
    return true;
  }
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return true;
  from.reset();
  return false;
}

int shell_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace child_process_detail

result<finished_process> run_process(const process_options& options,
                                     std::string_view input) {
  using namespace child_process_detail;
  pipe_pair in, out, err;
  if (!in.make() || !out.make() || !err.make())
    return system_failure("cannot make a pipe", errno);
  auto pid = spawn(options, in, out, err);
  if (!pid)
    return pid.failure();
  in.read.reset();
  out.write.reset();
  err.write.reset();
  fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
  if (input.empty())
    in.write.reset();

  finished_process done;
  auto next_beat = clock::now() + options.beat;
  while (out.read.open() || err.read.open()) {
    pollfd on[3] = {{in.write.get(), POLLOUT, 0},
                    {out.read.get(), POLLIN, 0},
                    {err.read.get(), POLLIN, 0}};
    int wait_ms = -1;
    if (options.beat.count() > 0) {
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          next_beat - clock::now());
      wait_ms = static_cast<int>(std::max<int64_t>(0, left.count() + 1));
    }
    poll(on, 3, wait_ms);
    if (in.write.open() && on[0].revents)
      feed(in.write, input);
    if (out.read.open() && on[1].revents)
      drain(out.read, done.out);
    if (err.read.open() && on[2].revents)
      drain(err.read, done.err);
    if (done.out.size() > options.out_bytes_max && !done.out_too_long) {
      done.out_too_long = true;
      kill(-*pid, SIGTERM);
    }
    if (done.out_too_long)
      done.out.clear();
    if (done.err.size() > 2 * err_bytes_kept)
      done.err.erase(0, done.err.size() - err_bytes_kept);
    if (options.beat.count() > 0 && clock::now() >= next_beat) {
      if (options.on_beat)
        options.on_beat();
      next_beat = clock::now() + options.beat;
    }
  }
  int status = 0;
  while (waitpid(*pid, &status, 0) < 0 && errno == EINTR)
    continue;
  done.exit_code = shell_code(status);
  return done;
}

} // namespace tutti::cli
