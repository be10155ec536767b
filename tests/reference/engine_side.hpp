#pragma once

#include "actors/engine/dry_run/ids.hpp"
#include "actors/engine/dry_run/virtual_node.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace tutti::reference {

using json = nlohmann::json;

/// The engine on its virtual node, with what every execution would have
/// stored. Of an even seed, each decision is taken on a state that was read
/// again, as if the node had been restarted before it.
class engine_side {
 public:
  engine_side(uint64_t seed, engine::script_runner& scripts, int64_t now);

  /// "" or why the definition was refused.
  std::string define_workflow(const json& def);
  std::string define_task(const json& def);
  std::string start(const std::string& name, const json& input);
  const engine::state& at(const std::string& id) const;
  /// Number of decisions that changed the execution.
  uint64_t decisions(const std::string& id) const;
  /// "" or where an execution differs from its stored bytes.
  std::string not_replayable() const;

  struct house;
  std::shared_ptr<house> inside;
  engine::dry_run::virtual_node& world;
};

} // namespace tutti::reference
