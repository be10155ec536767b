#pragma once

#include "actors/engine/decision/scripts.hpp"
#include "tests/reference/scripts.hpp"

namespace tutti::reference {

/// Evaluates the generator's scripts without an interpreter: looks the text up
/// and evaluates its tree. Real interpreters are tested elsewhere; here twenty
/// thousand seeds must be fast.
class tree_runner final : public engine::script_runner {
 public:
  explicit tree_runner(const json& plan);
  engine::script_result run(const engine::script_call& call) override;

 private:
  scripts trees_;
};

} // namespace tutti::reference
