#include "actors/node/node.hpp"
#include "api/gateway/gateway_link.hpp"
#include "api/rest/routes/routes.hpp"
#include "api/rest/server/large_bodies.hpp"
#include "api/rest/server/server.hpp"
#include "config/loader.hpp"
#include "config/print_config.hpp"
#include "messages/model/threads/work_pool.hpp"
#include "tools/tuttid/cluster_options.hpp"
#include "tools/tuttid/command_line.hpp"
#include "tools/tuttid/database_metrics.hpp"
#include "tools/tuttid/exposure.hpp"
#include "tools/tuttid/http_metrics.hpp"
#include "tools/tuttid/lack_of_memory.hpp"
#include "tools/tuttid/log.hpp"
#include "tools/tuttid/service_wiring.hpp"
#include "tools/tuttid/signals.hpp"
#include "tools/tuttid/store_metrics.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <iostream>

namespace tutti::daemon {

constexpr int succeeded = 0, failed = 1, misused = 2;

int refuse(const failure& why, int exit_code) {
  std::cerr << "tuttid: " << why.message << '\n';
  return exit_code;
}

result<config::settings> settings_of(const command_line& given) {
  config::sources from;
  if (!given.config_file.empty()) {
    auto file = config::read_file(given.config_file);
    if (!file)
      return file.failure();
    from.config = std::move(*file);
  }
  from.environment = config::process_environment();
  from.flags = given.flags;
  return config::load(from);
}

std::string address_of(const config::settings& x, uint16_t port) {
  bool ipv6 = x.http.listen.find(':') != std::string::npos;
  auto host = ipv6 ? '[' + x.http.listen + ']' : x.http.listen;
  return "http://" + host + ':' + std::to_string(port);
}

/// The log level is the one setting that changes while the node runs.
void reload(const command_line& given) {
  auto x = settings_of(given);
  if (!x) {
    spdlog::error("SIGHUP: the settings stay as they are: {}",
                  x.failure().message);
    return;
  }
  spdlog::info("SIGHUP: the log level is {}", x->node.log_level);
  set_log_level(x->node.log_level);
}

/// Until the node has to stop. A node whose disk has failed is of use a while
/// longer: it can be read, and says what is wrong.
void wait_for_end(const command_line& given, const config::settings& x,
                  const std::atomic<bool>& broken) {
  using namespace std::chrono;
  std::optional<steady_clock::time_point> until;
  for (;;) {
    switch (wait_for_signal(until)) {
      case wake_up::stop:
      case wake_up::late:
        return;
      case wake_up::reload:
        reload(given);
        break;
      case wake_up::call:
        if (broken && !until) {
          until = steady_clock::now() + seconds(x.node.failed_seconds);
          spdlog::error("the node ends in {} s (node.failed_seconds)",
                        x.node.failed_seconds);
        }
    }
  }
}

int run(const config::settings& x, const command_line& given) {
  using namespace std::chrono;
  block_signals();
  prepare_for_lack_of_memory();
  start_log(x.log.format, x.node.log_level);
  if (auto known = exposure(x))
    spdlog::warn("{}", *known);
  auto commits = std::make_shared<storage::commit_figures>();
  auto store = open_store(x, given.memory, given.accept_loss, commits);
  if (!store)
    return refuse(store.failure(), failed);

  auto options = node_options_of(x);
  if (auto cluster = cluster_options_of(x))
    options.cluster = *std::move(cluster);
  else
    return refuse(cluster.failure(), misused);
  auto facts = facts_of(x, options);
  options.index = make_index(x, given.memory);
  auto check_references
      = reference_check_of(options.environment, options.variables);
  auto broken = std::make_shared<std::atomic<bool>>(false);
  options.failed = [broken](const std::string&) {
    *broken = true;
    wake();
  };
  auto clock = std::make_shared<tutti::clock>();
  auto node = node::start(*store, clock, std::move(options));
  if (!node)
    return refuse(node.failure(), failed);

  rest::route_context routes;
  routes.gateway = api::make_gateway_port((*node)->gateways());
  routes.settings = route_settings_of(x);
  routes.settings.admission.validation.registered = (*node)->task_definitions();
  routes.settings.admission.reached = (*node)->metrics()->reached();
  routes.check_references = std::move(check_references);
  routes.health = (*node)->health();
  routes.facts = std::move(facts);
  routes.cluster = (*node)->cluster_status();
  routes.metrics = [metrics = (*node)->metrics()] { return metrics->text(); };
  auto draining = routes.draining;
  auto serving = server_options_of(x);
  serving.counts = std::make_shared<rest::server_counts>();
  serving.reached = (*node)->metrics()->reached();
  auto routed = rest::router::make(
      rest::all_routes(std::move(routes)), api::admit_everybody,
      std::make_shared<rest::gate>(gate_settings_of(x), serving.counts));
  if (!routed)
    return refuse(routed.failure(), failed);
  auto router = std::make_shared<rest::router>(std::move(*routed));
  rest::request_handler handler
      = [router](std::shared_ptr<rest::exchange> request) {
          (*router)(std::move(request));
        };
  auto aside = std::make_shared<work_pool>(
      size_t(x.node.aside_threads), size_t(x.node.aside_waiting_max), "bodies");
  handler = rest::handle_large_bodies_aside(
      std::move(handler), aside, size_t(x.http.large_body_kib) << 10);
  auto server = rest::server::start(std::move(serving), handler);
  if (!server)
    return refuse(server.failure(), failed);
  (*node)->metrics()->add(http_metrics(**server));
  (*node)->metrics()->add(route_metrics(router->figures()));
  (*node)->metrics()->add(commit_metrics(commits, *store));
  if (auto metrics = database_metrics(*store))
    (*node)->metrics()->add(std::move(metrics));

  if (auto port = (*node)->cluster_port(); port != 0)
    spdlog::info("node '{}' of cluster '{}' listens for nodes on port {}",
                 x.cluster.node, x.cluster.id, port);
  std::cout << "tuttid ready on " << address_of(x, (*server)->port())
            << std::endl;
  wait_for_end(given, x, *broken);

  // First the listener closes and waiting clients are answered, then the node
  // drains; each gets its share of the time.
  auto within = milliseconds(seconds(x.node.drain_seconds));
  limit_stop(within);
  spdlog::info("stopping, within {} s", x.node.drain_seconds);
  auto answer_parked = [&] {
    *draining = true;
    (*node)->drain_polls(within / 10);
  };
  bool all_answered = (*server)->drain(within / 2, answer_parked);
  bool at_rest = (*node)->drain(within / 4);
  if (!all_answered || !at_rest)
    spdlog::warn("stopped with requests under way; what was acknowledged is "
                 "durable");
  aside->close();
  server->reset();
  router.reset();
  handler = nullptr;
  node->reset();
  store->reset();
  spdlog::info("stopped");
  return *broken ? failed : succeeded;
}

int main(int argc, char** argv) {
  int exit_code = succeeded;
  auto given = read_command_line(argc, argv, exit_code);
  if (!given)
    return exit_code;
  auto x = settings_of(*given);
  if (!x)
    return refuse(x.failure(), misused);
  if (auto networks = check_networks(*x); !networks)
    return refuse(networks.failure(), misused);
  if (auto ages = check_retention(*x); !ages)
    return refuse(ages.failure(), misused);
  if (auto store = check_store(*x); !store)
    return refuse(store.failure(), misused);
  if (auto exposed = check_exposure(*x); !exposed)
    return refuse(exposed.failure(), misused);
  if (auto cluster = cluster_options_of(*x); !cluster)
    return refuse(cluster.failure(), misused);
  if (given->print_config)
    std::cout << config::print_config(*x);
  else if (given->print_openapi)
    std::cout << openapi_of(*x);
  else if (given->check_config)
    std::cout << "the configuration is good\n";
  else
    return run(*x, *given);
  return succeeded;
}

} // namespace tutti::daemon

int main(int argc, char** argv) { return tutti::daemon::main(argc, argv); }
