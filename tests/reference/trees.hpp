#pragma once

#include "actors/engine/decision/scripts.hpp"
#include "tests/reference/scripts.hpp"

namespace tutti::reference {

/// Runs what the generator wrote without any interpreter of scripts: the text
/// is looked up, its tree evaluated. What scripts themselves do is tested
/// elsewhere; here twenty thousand seeds have to be fast.
class tree_runner final : public engine::script_runner {
 public:
  explicit tree_runner(const json& plan);
  engine::script_result run(const engine::script_call& call) override;

 private:
  scripts trees_;
};

} // namespace tutti::reference
