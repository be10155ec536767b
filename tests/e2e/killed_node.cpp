#include "tests/e2e/killed_node.hpp"

#include "tests/support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <utility>

namespace tutti::test {

using namespace std::chrono_literals;

killed_node::killed_node(const std::string& purpose,
                         std::vector<std::string> arguments,
                         std::vector<std::string> environment)
    : scratch_(purpose), node_(scratch_.path() / "data", std::move(arguments),
                               std::move(environment)) {}

void killed_node::define(const nlohmann::json& tasks,
                         const nlohmann::json& workflow) {
  http_client client{base_url()};
  for (const auto& [path, body] :
       {std::pair{"/api/metadata/taskdefs", &tasks},
        std::pair{"/api/metadata/workflow", &workflow}}) {
    const auto reply = client.send("POST", path, body->dump());
    if (!reply.ok())
      throw std::runtime_error(std::string{path} + " answered "
                               + std::to_string(reply.status) + " " + reply.body
                               + reply.trouble);
  }
}

void killed_node::set_up(bool up) {
  std::lock_guard guard{mutex_};
  up_ = up;
  changed_.notify_all();
}

void killed_node::kill_and_start() {
  set_up(false);
  node_.kill();
  node_.start();
  set_up(true);
}

void killed_node::wait_until_up() {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, 10s, [this] { return up_; });
}

void killed_node::back_off() {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, 10ms);
}

void killed_node::wrong(const std::string& what) {
  if (wrongs_.fetch_add(1) < 20)
    std::fprintf(stderr, "WRONG: %s\n", what.c_str());
}

bool killed_node::verdict() {
  if (wrongs_ == 0)
    return true;
  scratch_.keep();
  std::fprintf(stderr, "%s\nthe store and the log are kept in %s\n",
               node_.log_end().c_str(), scratch_.path().c_str());
  return false;
}

int crash_main(
    int argc, char** argv,
    const std::map<std::string_view, std::function<void(int)>>& options,
    const std::function<bool()>& run) {
  for (int i = 1; i < argc; i += 2) {
    auto option = options.find(argv[i]);
    if (option == options.end() || i + 1 == argc) {
      std::fprintf(stderr, "unknown option or no number: %s\n", argv[i]);
      return 2;
    }
    option->second(std::atoi(argv[i + 1]));
  }
  try {
    return run() ? 0 : 1;
  } catch (const std::exception& trouble) {
    std::fprintf(stderr, "%s: %s\n", argv[0], trouble.what());
    return 1;
  }
}

} // namespace tutti::test
