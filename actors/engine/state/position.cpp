#include "actors/engine/state/position.hpp"

#include <algorithm>
#include <cstdlib>

namespace tutti::engine {

std::string_view suffix_of(const task& row) {
  std::string_view reference = row.reference_name;
  auto& base = base_of(row);
  return reference.substr(0, base.size()) == base
             ? reference.substr(base.size())
             : std::string_view{};
}

// `row.iteration` would not do: in a loop's row it counts that loop's
// iterations.
position position_of(const task& row) {
  auto suffix = suffix_of(row);
  auto last = suffix.rfind("__");
  if (last == suffix.npos)
    return {0, {}, row.parent_task_id};
  std::string digits(suffix.substr(last + 2));
  return {int32_t(std::strtol(digits.c_str(), nullptr, 10)),
          std::string(suffix), row.parent_task_id};
}

position inside(const task& loop, int32_t iteration) {
  return {iteration,
          std::string(suffix_of(loop)) + "__" + std::to_string(iteration),
          loop.task_id};
}

std::string reference_in(const std::string& reference, const position& at) {
  return reference + at.suffix;
}

int32_t pass_of(const position& at) {
  auto last = at.suffix.rfind("__");
  if (last == at.suffix.npos)
    return 1;
  if (at.loop.empty())
    return std::max(1, at.iteration);
  auto mark = at.suffix.find('_', last + 2);
  return mark == at.suffix.npos
             ? 1
             : int32_t(std::strtol(at.suffix.c_str() + mark + 1, nullptr, 10));
}

position with_pass(const position& at, int32_t pass) {
  auto out = at;
  auto number = std::to_string(pass);
  if (at.loop.empty()) {
    out.suffix = pass > 1 ? "__" + number : "";
    out.iteration = pass > 1 ? pass : 0;
    return out;
  }
  auto last = at.suffix.rfind("__");
  if (last == at.suffix.npos)
    out.suffix = "__0";
  else if (auto mark = at.suffix.find('_', last + 2); mark != at.suffix.npos)
    out.suffix.resize(mark);
  if (pass > 1)
    out.suffix += "_" + number;
  else if (out.suffix == "__0")
    out.suffix.clear();
  return out;
}

bool holds_tasks(const workflow_task& task) {
  bool out = false;
  for_each_list(task, [&](auto& list, auto&&) { out |= !list.empty(); });
  return out;
}

} // namespace tutti::engine
