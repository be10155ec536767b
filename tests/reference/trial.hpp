#pragma once

#include "tests/reference/compare.hpp"
#include "tests/reference/dice.hpp"

#include <optional>
#include <string>

namespace tutti::reference {

/// Plays one plan on the engine and on the model, with the same inputs.
class trial {
 public:
  trial(const json& plan, uint64_t seed, engine::script_runner& scripts);

  /// Chooses inputs at random, then answers everything until nothing more can
  /// happen. "" or the first difference.
  std::string play();
  /// The same with given inputs; skips those that do not apply.
  std::string replay(const json& inputs);

  /// The inputs so far, in order.
  const json& inputs() const { return inputs_; }
  const model& played() const { return model_; }
  std::string picture() const; ///< all executions of both sides
  bool operators = true;       ///< retry, restart, rerun, skip as well
  bool reruns_from_tasks = true;
  bool print = false; ///< print each input and its effect

 private:
  std::string begin();
  /// Gives one input to both sides; "" or the difference after it.
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
