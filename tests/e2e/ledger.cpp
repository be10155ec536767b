#include "tests/e2e/ledger.hpp"

namespace tutti::test {

uint64_t ledger::tick() {
  const std::lock_guard lock{mutex_};
  return ++now_;
}

void ledger::start_acknowledged(const std::string& workflow) {
  const std::lock_guard lock{mutex_};
  workflows_.insert(workflow);
}

void ledger::result_acknowledged(const result& what, bool in_time) {
  const std::lock_guard lock{mutex_};
  ++results_;
  auto& task = tasks_[what.workflow][what.task];
  task.step = what.step;
  task.tokens.insert(what.token);
  task.in_time = task.in_time || in_time;
  if (in_time)
    finished_[what.workflow].emplace(what.step, ++now_);
}

std::optional<std::string>
ledger::handed_out_wrongly(const std::string& workflow, const std::string& step,
                           uint64_t polled) const {
  const std::lock_guard lock{mutex_};
  const auto steps = finished_.find(workflow);
  if (steps == finished_.end())
    return std::nullopt;
  const auto at = steps->second.find(step);
  if (at == steps->second.end() || at->second > polled)
    return std::nullopt;
  return "step " + step + " of " + workflow
         + " was handed out again after its result was acknowledged";
}

std::vector<std::string> ledger::workflows() const {
  const std::lock_guard lock{mutex_};
  return {workflows_.begin(), workflows_.end()};
}

std::map<std::string, ledger::promised_task>
ledger::tasks_of(const std::string& workflow) const {
  const std::lock_guard lock{mutex_};
  const auto at = tasks_.find(workflow);
  return at == tasks_.end() ? std::map<std::string, promised_task>{}
                            : at->second;
}

size_t ledger::starts() const {
  const std::lock_guard lock{mutex_};
  return workflows_.size();
}

size_t ledger::results() const {
  const std::lock_guard lock{mutex_};
  return results_;
}

} // namespace tutti::test
