#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"
#include "tools/tutti/worker_slot.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

namespace tutti::cli {

namespace worker_detail {

struct options {
  std::vector<std::string> types;
  std::string domain, worker_id;
  int concurrency = 1;
};

std::string default_worker_id() {
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  return std::string(host) + "-" + std::to_string(getpid());
}

/// Looks in PATH like a shell: a missing command would fail every task.
bool can_run(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return access(name.c_str(), X_OK) == 0;
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (access(((folder.empty() ? "." : folder) + "/" + name).c_str(), X_OK)
        == 0)
      return true;
  return false;
}

int run(session& s, const options& o) {
  if (s.command.empty())
    return misused("no command to run for a task",
                   "tutti worker run TYPE -- ./my-script --its-option");
  if (!can_run(s.command.front()))
    return misused("there is no program '" + s.command.front() + "' to run",
                   "its full path, and `chmod +x` when it is a script");
  // A node that does not run yet is waited for, another server is not.
  if (auto known = s.api().call("GET", "/api/health");
      !known && known.failure().code == errc::illegal_state)
    return failed(known.failure());
  // The command may end without reading its input.
  std::signal(SIGPIPE, SIG_IGN);
  worker_options each;
  each.server = s.api().server();
  each.key = s.api().key();
  each.domain = o.domain;
  each.worker_id = o.worker_id;
  each.command = s.command;
  stop_signal stop;
  std::vector<std::thread> slots;
  for (auto& type : o.types)
    for (int i = 0; i < o.concurrency; ++i)
      slots.emplace_back(
          [&each, type, &stop] { worker_slot(each, type, stop).run(); });
  note("worker " + each.worker_id + ": polling " + each.server
       + "; SIGTERM or Ctrl-C finishes the tasks in hand and leaves");
  for (auto& slot : slots)
    slot.join();
  return exit_done;
}

} // namespace worker_detail

void add_worker(CLI::App& app, session& s) {
  using namespace worker_detail;
  auto* noun = app.add_subcommand("worker", "run workers");
  noun->require_subcommand(1);
  auto o = std::make_shared<options>();
  o->worker_id = default_worker_id();
  auto* verb = noun->add_subcommand(
      "run", "run a command for each task: its input as JSON on stdin, its "
             "output a JSON object on stdout, exit 0 when done");
  examples(verb, {"tutti worker run say_hello -- jq -c '{greeting: .name}'",
                  "tutti worker run pack ship -c 4 -- ./worker.py"});
  s.complete(
      verb->add_option("TYPE", o->types, "of the tasks to take")->required(),
      task_definition_names(s));
  verb->add_option("-c,--concurrency", o->concurrency,
                   "tasks of each type at a time")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--domain", o->domain, "only tasks of this domain");
  verb->add_option("--worker-id", o->worker_id, "id of the worker")
      ->capture_default_str();
  verb->callback([=, &s] { s.exit_code = worker_detail::run(s, *o); });
}

} // namespace tutti::cli
