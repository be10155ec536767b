#pragma once

#include "actors/engine/rehearsal/ids.hpp"
#include "actors/engine/rehearsal/world.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace tutti::reference {

using json = nlohmann::json;

/// The engine in its rehearsal world, with a second copy of every execution
/// that is fed the events alone.
class engine_side {
 public:
  engine_side(uint64_t seed, engine::script_runner& scripts, int64_t now);

  /// Nothing, or why the definition was refused.
  std::string define_workflow(const json& def);
  std::string define_task(const json& def);
  std::string start(const std::string& name, const json& input);
  const engine::state& at(const std::string& id) const;
  /// How many decisions have changed it.
  uint64_t decisions(const std::string& id) const;
  /// Where the copy of an execution differs from it, or "".
  std::string not_replayable() const;

  struct house;
  std::shared_ptr<house> inside;
  engine::rehearsal::world& world;
};

} // namespace tutti::reference
