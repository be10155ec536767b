#pragma once

#include "tests/support/node_process.hpp"

#include <nlohmann/json_fwd.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::test {

/// What the crash tests share: a node that is killed under load, and the count
/// of what it did wrong. Threads of workers may call everything.
class killed_node {
 public:
  explicit killed_node(const std::string& purpose,
                       std::vector<std::string> arguments = {},
                       std::vector<std::string> environment = {});

  node_process& process() { return node_; }
  std::string base_url() const { return node_.base_url(); }
  std::filesystem::path data() const { return scratch_.path() / "data"; }

  /// Registers definitions; throws when the node refuses them.
  void define(const nlohmann::json& tasks, const nlohmann::json& workflow);

  /// SIGKILL, then a start; returns when the node is healthy again.
  void kill_and_start();
  /// For a client that was not answered: returns when the node is up.
  void wait_until_up();
  /// Between two requests of a client that the node asks to come later.
  void back_off();

  /// Counts, and prints the first ones.
  void wrong(const std::string& what);
  size_t wrongs() const { return wrongs_; }
  /// True when nothing was wrong; else the store and the log are kept.
  bool verdict();

 private:
  void set_up(bool up);

  scratch_directory scratch_;
  node_process node_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool up_ = true;
  std::atomic<size_t> wrongs_{0};
};

/// The main of a crash test: `--name NUMBER` pairs, then the run, which tells
/// whether all was well.
int crash_main(
    int argc, char** argv,
    const std::map<std::string_view, std::function<void(int)>>& options,
    const std::function<bool()>& run);

} // namespace tutti::test
