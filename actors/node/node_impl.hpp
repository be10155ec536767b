#pragma once

#include "actors/metadata/metadata_actor.hpp"
#include "actors/node/node.hpp"
#include "actors/node/random_ids.hpp"
#include "actors/outputs/outputs_actor.hpp"
#include "actors/scripts/script_pool.hpp"
#include "messages/register.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>

namespace tutti {

// Private to this folder.

namespace node_detail {

// Half of the cores: the HTTP loop and the store's writer need the others, and
// a step then changes threads less often (tests/bench/README.md).
inline size_t or_half_the_cores(size_t x) {
  return x > 0 ? x : std::max(1u, std::thread::hardware_concurrency() / 2);
}

struct system_config : caf::actor_system_config {
  explicit system_config(size_t workers) {
    register_messages(*this);
    set("scheduler.policy", caf::atom_from_string("sharing"));
    set("scheduler.max-threads", workers);
  }
};

/// The first failure is told; the others follow from it.
class failure_bell {
 public:
  explicit failure_bell(std::function<void(std::string)> told)
      : told_(std::move(told)) {}

  void ring(uint32_t shard) {
    if (rung_.exchange(true))
      return;
    auto sentence = "shard " + std::to_string(shard)
                    + " cannot write: the node stops and recovers from what "
                      "is stored when it is started again";
    spdlog::critical("{}", sentence);
    if (told_)
      told_(std::move(sentence));
  }

 private:
  std::function<void(std::string)> told_;
  std::atomic<bool> rung_{false};
};

} // namespace node_detail

struct node::impl {
  impl(std::shared_ptr<storage::store> store,
       std::shared_ptr<tutti::clock> clock, node_options options)
      : store(std::move(store)), clock(std::move(clock)),
        options(std::move(options)),
        config(node_detail::or_half_the_cores(this->options.workers)),
        system(config) {}

  std::optional<failure> open();
  void spawn(const std::vector<uint64_t>& epochs);
  shard_context_pointer context_of(uint32_t shard, uint64_t epoch) const;
  void stop();

  std::shared_ptr<storage::store> store;
  std::shared_ptr<tutti::clock> clock;
  node_options options;

  std::shared_ptr<tutti::links> links = std::make_shared<tutti::links>();
  std::shared_ptr<definition_board> board
      = std::make_shared<definition_board>();
  std::shared_ptr<random_ids> ids = std::make_shared<random_ids>();
  std::shared_ptr<node_detail::failure_bell> bell;
  std::shared_ptr<poll_board> polls;
  std::shared_ptr<output_shelf> outputs;
  std::shared_ptr<task_limits> limits;
  std::shared_ptr<counters> counted = std::make_shared<counters>();
  std::shared_ptr<const node_environment> environment;
  std::shared_ptr<event_board> events;
  std::vector<std::shared_ptr<system_task_worker>> workers;

  node_detail::system_config config;
  caf::actor_system system;
  script_pool_pointer scripts;
  std::shared_ptr<tutti::rehearsals> rehearsals;
  metadata_actor metadata;
  std::vector<gateway_actor> gateways;
  bool stopped = false;
};

} // namespace tutti
