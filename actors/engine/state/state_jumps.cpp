#include "actors/engine/goto/jumps.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/state/state.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

// Indexes about GOTO: the number of jumps, and the passes they began.

namespace tutti::engine {

namespace state_jumps_detail {

std::pair<std::string, int32_t> own_iteration_key(const position& at) {
  return {at.loop, at.loop.empty() ? 0 : at.iteration};
}

/// The iteration in which passes at `at` count: for compensation tasks that of
/// their SCOPE.
std::pair<std::string, int32_t> iteration_key_of(const state& execution,
                                                 position at) {
  for (auto* around = execution.find(at.loop); around && is_scope(*around);
       around = execution.find(at.loop))
    at = position_of(*around);
  return own_iteration_key(at);
}

/// A member of the row's output. Operators can write any output.
nlohmann::json output_of(const task& row, const char* key) {
  auto* found = json_member(row.output.json(), key);
  return found ? *found : nlohmann::json();
}

} // namespace state_jumps_detail

using namespace state_jumps_detail;

void state::count_pass(row_index i) {
  auto& row = rows_[i];
  if (suffix_of(row).empty())
    return;
  auto at = position_of(row);
  auto pass = pass_of(at);
  if (pass == 1)
    return;
  auto iteration = iteration_key_of(*this, at);
  ++passes_[iteration][pass];
  pass_of_row_.emplace(i, std::pair(std::move(iteration), pass));
}

void state::forget_pass(row_index i) {
  auto it = pass_of_row_.find(i);
  if (it == pass_of_row_.end())
    return;
  auto iteration = passes_.find(it->second.first);
  auto pass = iteration->second.find(it->second.second);
  if (--pass->second == 0)
    iteration->second.erase(pass);
  if (iteration->second.empty())
    passes_.erase(iteration);
  pass_of_row_.erase(it);
}

// A compensation task has the suffix of the task that it compensates. Its
// further passes therefore take numbers that no pass of a task in that scope
// has now, or (see `round_of`) will get later.
int32_t state::next_pass(const position& at) const {
  auto after = [](auto& passes) { return passes.rbegin()->first + 1; };
  auto* around = find(at.loop);
  if (around && is_scope(*around)) {
    int32_t out = 2;
    for (auto& [iteration, passes] : passes_)
      out = std::max(out, after(passes));
    return out;
  }
  auto it = passes_.find(iteration_key_of(*this, at));
  return it == passes_.end() ? 2 : after(it->second);
}

void state::count_jump(row_index i) {
  forget_jump(i);
  auto& row = rows_[i];
  if (row.status != task_status::completed)
    return;
  auto target = output_of(row, "target"), pass = output_of(row, "pass");
  if (!target.is_string())
    return;
  auto path = find_jump_path(definition_of(row), base_of(row),
                             target.get<std::string>());
  if (!path.error.empty())
    return;
  auto at = position_after_jump(*this, path, position_of(row));
  jump out{base_of(row), own_iteration_key(at), 0};
  ++jumps_[{out.base, out.landing}];
  if (pass.is_number_integer() && pass > pass_of(at)) {
    out.pass = pass.get<int32_t>();
    pass_before_[{out.landing, out.pass}] = pass_of(at);
  }
  jump_of_row_.emplace(i, std::move(out));
}

void state::forget_jump(row_index i) {
  auto it = jump_of_row_.find(i);
  if (it == jump_of_row_.end())
    return;
  auto& [base, landing, pass] = it->second;
  auto count = jumps_.find({base, landing});
  if (--count->second == 0)
    jumps_.erase(count);
  pass_before_.erase({landing, pass});
  jump_of_row_.erase(it);
}

int64_t state::jumps(std::string_view base, const position& landing) const {
  auto it = jumps_.find({std::string(base), own_iteration_key(landing)});
  return it == jumps_.end() ? 0 : it->second;
}

int32_t state::pass_begun(row_index i, const position& at) const {
  auto it = jump_of_row_.find(i);
  return it == jump_of_row_.end() || it->second.landing != own_iteration_key(at)
             ? 0
             : it->second.pass;
}

int32_t state::pass_before(const position& at) const {
  auto pass = pass_of(at);
  auto it = pass_before_.find({own_iteration_key(at), pass});
  return it == pass_before_.end() ? pass - 1 : it->second;
}

} // namespace tutti::engine
