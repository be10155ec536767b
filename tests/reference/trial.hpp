#pragma once

#include "tests/reference/compare.hpp"
#include "tests/reference/dice.hpp"

#include <optional>
#include <string>

namespace tutti::reference {

/// One plan, played to the engine and the model with the same inputs.
class trial {
 public:
  trial(const json& plan, uint64_t seed, engine::script_runner& scripts);

  /// Chooses inputs at random, then answers everything until nothing moves.
  /// "" or the first difference.
  std::string play();
  /// The same with given inputs; those that make no sense here are left out.
  std::string replay(const json& inputs);

  /// What was done so far, in order.
  const json& inputs() const { return inputs_; }
  const model& played() const { return model_; }
  std::string picture() const; ///< all executions of both sides
  bool operators = true;       ///< retry, restart, rerun, skip as well
  bool reruns_from_tasks = true;
  bool print = false; ///< say each input and what came of it

 private:
  std::string begin();
  /// Does one input on both sides; "" or how they differ after it.
  std::string act(const json& input);
  std::string finish();
  json choose();
  json rerun_from(const execution& w);
  json answer(const execution& w, const row& t);
  std::optional<json> next_answer();
  std::string stuck() const;

  bool worker_acts(const json& input, execution& w, row& t);
  bool rerun_acts(const json& input, execution& w, row& t);
  bool operator_acts(const json& input, execution& w);
  void fire(int64_t until);
  void tell(const execution& w, const workflow_command& what);
  row* row_of(const json& input, execution& w) const;

  json plan_;
  model model_;
  engine_side engine_;
  comparison compare_;
  dice dice_;
  json inputs_ = json::array();
  std::string broken_;
};

} // namespace tutti::reference
