#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tutti::test {

/// A directory that is removed with the object, unless `keep` is called.
class scratch_directory {
 public:
  explicit scratch_directory(const std::string& purpose);
  ~scratch_directory();
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void keep() { keep_ = true; }

 private:
  std::filesystem::path path_;
  bool keep_ = false;
};

/// A real `tuttid` as a child process, on one port and one data directory for
/// all its starts. Ends with the test.
class node_process {
 public:
  /// `environment` entries are `NAME=value`, put over our own.
  node_process(std::filesystem::path data, std::vector<std::string> arguments,
               std::vector<std::string> environment = {});
  ~node_process();
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  /// Returns when `/health` answers; throws with the end of the log otherwise.
  void start(std::chrono::milliseconds patience = std::chrono::seconds{30});
  /// SIGKILL: what was not durable is lost.
  void kill();
  /// SIGTERM; the exit code, or -1 when it had to be killed.
  int stop(std::chrono::milliseconds patience = std::chrono::seconds{20});

  /// Sends a signal that is no end.
  void signal(int which);

  bool running() const { return pid_ > 0; }
  int pid() const { return pid_; }
  int port() const { return port_; }
  std::string base_url() const;
  std::string log_end(size_t bytes = 4000) const;

 private:
  std::filesystem::path data_;
  std::filesystem::path log_;
  std::vector<std::string> arguments_;
  std::vector<std::string> environment_;
  int port_ = 0;
  int pid_ = -1;
};

/// `tuttid` next to the test binary, or what TUTTID names.
std::filesystem::path tuttid_path();

} // namespace tutti::test
