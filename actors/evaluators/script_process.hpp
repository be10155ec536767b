#pragma once

#include "actors/engine/decision/scripts.hpp"
#include "actors/evaluators/helper_process.hpp"

#include <optional>
#include <string>

namespace tutti::evaluators {

/// Runs scripts in helper processes of its own: one per language, started on
/// first use and replaced when they end. Blocks while a script runs, for at
/// most slightly more than the time limit. For one thread.
class script_process final : public engine::script_runner {
 public:
  explicit script_process(evaluator_settings settings = {});

  engine::script_result run(const engine::script_call& call) override;
  /// Checks a script's syntax without running it; a value: it is correct.
  engine::script_result check(engine::script_language language,
                              std::string_view source);
  /// Starts the helper of a language before its first use.
  void warm(engine::script_language language);

  const evaluator_settings& settings() const { return settings_; }
  /// The helper of a language; 0: none runs. For tests and benchmarks.
  pid_t pid(engine::script_language language) const;

 private:
  struct helper {
    std::string name;
    helper_process process;
  };

  engine::script_result ask(const engine::script_call& call, frame_task what);
  engine::script_result read_reply(engine::script_language language,
                                   frame_task what, const reply_header& head,
                                   std::string text) const;
  engine::script_result ended(helper& gone, bool overdue);
  engine::script_result timed_out() const;
  result<done> make_ready(helper& x);

  evaluator_settings settings_;
  helper javascript_{"javascript", {}}, jq_{"jq", {}};
};

} // namespace tutti::evaluators
