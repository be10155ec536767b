#include "actors/engine/dry_run/coverage.hpp"

#include "actors/engine/task_traits.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::engine::dry_run {

namespace coverage_detail {

constexpr auto default_branch = "defaultCase";

bool chooses(const workflow_task& task) { return traits_of(task).names_case; }

std::string name_of(const coverage::item& x) {
  return x.branch.empty() ? x.task : x.task + "." + x.branch;
}

} // namespace coverage_detail

coverage::coverage(const workflow_def& of) { collect(of.tasks); }

void coverage::collect(const std::vector<workflow_task>& list) {
  auto add = [&](const std::string& task, const std::string& branch) {
    auto i = items_.size();
    if (index_.emplace(key(task, branch), i).second)
      items_.push_back({task, branch, 0});
    return i;
  };
  for (auto& task : list) {
    add(task.reference_name, {});
    bool chooses = coverage_detail::chooses(task);
    for_each_list(task, [&](auto& branch, const std::string& path) {
      // A switch without default case: passing it is a branch, too.
      bool way = !branch.empty()
                 || (chooses
                     && (path == coverage_detail::default_branch
                         || path.starts_with("decisionCases")));
      if (!way)
        return;
      auto i = add(task.reference_name, path);
      if (!chooses)
        begins_.emplace(branch.front().reference_name, i);
      collect(branch);
    });
  }
}

void coverage::made(const task& row) {
  auto& reference = row.definition->reference_name;
  if (auto i = begins_.find(reference); i != begins_.end())
    ++items_[i->second].times;
  if (!coverage_detail::chooses(*row.definition))
    return;
  auto& input = row.input.json();
  auto chosen = input.is_object() ? input.find("case") : input.end();
  if (chosen != input.end() && chosen->is_string()) {
    auto path = "decisionCases[" + chosen->get<std::string>() + "]";
    bool known = index_.contains(key(reference, path));
    count(reference, known ? path : coverage_detail::default_branch);
  }
}

void coverage::ended(const task& row) {
  if (row.status != task_status::canceled && row.status != task_status::skipped)
    count(row.definition->reference_name, {});
}

void coverage::count(const std::string& task, const std::string& branch) {
  if (auto i = index_.find(key(task, branch)); i != index_.end())
    ++items_[i->second].times;
}

void coverage::add(const coverage& other) {
  for (size_t i = 0; i < items_.size() && i < other.items_.size(); ++i)
    items_[i].times += other.items_[i].times;
}

size_t coverage::covered() const {
  return size_t(
      std::ranges::count_if(items_, [](auto& x) { return x.times > 0; }));
}

double coverage::percent() const {
  return items_.empty() ? 100.0 : 100.0 * double(covered()) / items_.size();
}

std::string coverage::key(const std::string& task, const std::string& branch) {
  return task + '\n' + branch;
}

void write(std::string& out, const coverage& x) {
  auto rounded = std::to_string(int64_t(x.percent() * 10 + 0.5));
  while (rounded.size() < 2)
    rounded.insert(rounded.begin(), '0');
  rounded.insert(rounded.end() - 1, '.');
  out += "{\"percent\":" + rounded
         + ",\"covered\":" + std::to_string(x.covered())
         + ",\"total\":" + std::to_string(x.items().size());
  auto list = [&](const char* name, auto wanted, auto one) {
    out += ",\"" + std::string(name) + "\":[";
    for (auto& item : x.items())
      if (wanted(item)) {
        if (out.back() != '[')
          out += ',';
        one(item);
      }
    out += ']';
  };
  auto counted = [&](const coverage::item& item) {
    json_object_writer json(out);
    json.text("task", item.task);
    json.text_if("branch", item.branch);
    json.number("times", int64_t(item.times));
    json.close();
  };
  list(
      "tasks", [](auto& item) { return item.branch.empty(); }, counted);
  list(
      "branches", [](auto& item) { return !item.branch.empty(); }, counted);
  list(
      "notCovered", [](auto& item) { return item.times == 0; },
      [&](const coverage::item& item) {
        write_string(out, coverage_detail::name_of(item));
      });
  out += '}';
}

} // namespace tutti::engine::dry_run
