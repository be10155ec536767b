#pragma once

#include "actors/retention/removal_pace.hpp"
#include "actors/retention/retention_context.hpp"
#include "actors/support/self_timer.hpp"
#include "messages/interfaces.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// What a run has done for one rule.
struct retention_rule_progress {
  retention_rule_progress(retention_rule of, std::string asked)
      : rule(std::move(of)), query(std::move(asked)) {}

  retention_rule rule;
  std::string query;
  uint64_t matched = 0, removed = 0, gone = 0, failed = 0;
  int64_t oldest = 0; ///< of a dry run
  std::string error;  ///< the last
};

enum class retention_phase : uint8_t { removing, erasing, compacting, ended };

/// A run: the present one, or the last.
struct retention_report {
  retention_phase now = retention_phase::removing;
  int64_t started = 0, ended = 0;
  std::vector<retention_rule_progress> rules;
  uint64_t archive_erased = 0;
  uint64_t bytes_before = 0, bytes_after = 0;
  std::string error; ///< why it stopped early

  uint64_t removed() const;
  int64_t freed() const { return int64_t(bytes_before) - int64_t(bytes_after); }
};

/// Removes executions that ended long ago, by rule and page by page, at a pace
/// that commits can bear. It keeps no state of its own: what a crash leaves
/// undone the next run finds again.
struct retention_state {
  static constexpr const char* name = "retention";

  void read(const envelope<read_retention>& x);
  void run(const envelope<run_retention>& x);
  void list(const envelope<list_archived>& x);
  void look();
  void stop(drain& x);

  retention_actor::pointer self;
  retention_context_pointer context;

 private:
  using instant = removal_pace::instant;

  using rule_progress = retention_rule_progress;
  using phase = retention_phase;
  using report = retention_report;

  std::vector<rule_progress> make_rules() const;
  void count(std::vector<rule_progress> rules, size_t at, reply<document> done);
  void begin_run();
  void read_size(std::function<void(uint64_t)> then);
  /// The next page of the rule, or the next rule.
  void advance();
  void take_page(result<found_executions> found);
  void remove_more();
  void answered(uint64_t run, size_t rule, instant since, result<answer> got);
  void erase_archive(uint32_t shard);
  void compact(uint32_t shard);
  void compact(uint32_t shard, std::string from, std::string to,
               std::function<void()> then);
  void end_run(std::string error = {});
  void finish_drain();
  instant now() const;
  std::string render() const;
  static std::string render(const std::vector<rule_progress>& rules, bool dry);

  std::optional<report> run_;
  std::optional<removal_pace> pace_;
  uint64_t runs_ = 0; ///< so that late answers are known
  size_t rule_ = 0;
  std::string cursor_;
  bool more_pages_ = false, asking_ = false;
  std::deque<std::string> ids_;
  size_t under_way_ = 0, failures_in_a_row_ = 0;
  instant next_run_ = {};
  self_timer self_timer_;
  std::vector<reply<done>> drained_;
  bool begun_ = false, draining_ = false;
};

retention_actor::behavior_type
retention(retention_actor::stateful_pointer<retention_state> self,
          retention_context_pointer context);

} // namespace tutti
