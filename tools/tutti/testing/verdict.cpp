#include "tools/tutti/testing/verdict.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/output.hpp"

#include <algorithm>

namespace tutti::cli {

namespace verdict_detail {

using nlohmann::json;

const json& at(const json& in, const char* key) {
  static const json none;
  auto i = in.is_object() ? in.find(key) : in.end();
  return in.is_object() && i != in.end() ? *i : none;
}

/// The rows of a reference. For a task in a loop: the rows of all iterations,
/// unless the reference has a suffix.
std::vector<const json*> rows_named(const json& report,
                                    const std::string& reference) {
  std::vector<const json*> exact, iterations;
  for (auto& row : at(at(report, "execution"), "tasks")) {
    auto name = text_at(row, "referenceTaskName");
    if (name == reference)
      exact.push_back(&row);
    else if (text_at(at(row, "workflowTask"), "taskReferenceName") == reference)
      iterations.push_back(&row);
  }
  return exact.empty() ? iterations : exact;
}

void check_text(const std::string& where, const std::string& part,
                const std::string& found, std::vector<std::string>& out) {
  if (found.find(part) == found.npos)
    out.push_back(where + ": expected to contain " + to_text(json(part))
                  + ", found " + to_text(json(found)));
}

void check_task(const task_expectation& expected, const json& report,
                std::vector<std::string>& out) {
  auto rows = rows_named(report, expected.reference);
  auto where = "task " + expected.reference;
  if (expected.count && rows.size() != *expected.count)
    out.push_back(where + ".count: expected " + std::to_string(*expected.count)
                  + ", found " + std::to_string(rows.size()));
  bool more
      = expected.status || expected.input || expected.output || expected.reason;
  if (!more && (expected.count || !rows.empty()))
    return;
  if (rows.empty()) {
    out.push_back(where + ": expected to be there, found nowhere");
    return;
  }
  auto& last = *rows.back();
  if (expected.status)
    differences(where + ".status", *expected.status, at(last, "status"), out);
  if (expected.input)
    differences(where + ".input", *expected.input, at(last, "inputData"), out);
  if (expected.output)
    differences(where + ".output", *expected.output, at(last, "outputData"),
                out);
  if (expected.reason)
    check_text(where + ".reason", *expected.reason,
               text_at(last, "reasonForIncompletion"), out);
}

/// The first rows of these references are in this order.
void check_order(const std::vector<std::string>& order, const json& report,
                 std::vector<std::string>& out) {
  std::vector<std::string> found;
  for (auto& row : at(at(report, "execution"), "tasks"))
    for (auto& name : {text_at(row, "referenceTaskName"),
                       text_at(at(row, "workflowTask"), "taskReferenceName")})
      if (std::ranges::find(order, name) != order.end()
          && std::ranges::find(found, name) == found.end())
        found.push_back(name);
  if (found != order)
    out.push_back("order: expected " + to_text(json(order)) + ", found "
                  + to_text(json(found)));
}

} // namespace verdict_detail

void differences(const std::string& where, const nlohmann::json& expected,
                 const nlohmann::json& found, std::vector<std::string>& out) {
  auto differ = [&](const std::string& what) {
    out.push_back(where + ": expected " + to_text(expected) + ", found "
                  + what);
  };
  if (expected.is_object() && found.is_object()) {
    for (auto& [key, value] : expected.items()) {
      auto i = found.find(key);
      if (i != found.end())
        differences(where + "." + key, value, *i, out);
      else
        out.push_back(where + "." + key + ": expected " + to_text(value)
                      + ", found nothing");
    }
    return;
  }
  if (expected.is_array() && found.is_array()
      && expected.size() == found.size()) {
    for (size_t i = 0; i < expected.size(); ++i)
      differences(where + "[" + std::to_string(i) + "]", expected[i], found[i],
                  out);
    return;
  }
  if (expected != found)
    differ(to_text(found));
}

std::vector<std::string> problems_of(const expectation& expected,
                                     const nlohmann::json& report) {
  using namespace verdict_detail;
  std::vector<std::string> out;
  auto& execution = at(report, "execution");
  if (expected.status)
    differences("status", *expected.status, at(execution, "status"), out);
  if (expected.reason)
    check_text("reason", *expected.reason,
               text_at(execution, "reasonForIncompletion"), out);
  if (expected.output)
    differences("output", *expected.output, at(execution, "output"), out);
  if (expected.variables)
    differences("variables", *expected.variables, at(execution, "variables"),
                out);
  for (auto& task : expected.tasks)
    check_task(task, report, out);
  if (!expected.order.empty())
    check_order(expected.order, report, out);
  if (expected.waiting_for) {
    auto wanted = *expected.waiting_for;
    std::ranges::sort(wanted);
    if (json(wanted) != at(report, "waitingFor"))
      out.push_back("waiting_for: expected " + to_text(json(wanted))
                    + ", found " + to_text(at(report, "waitingFor")));
  }
  if (expected.coverage) {
    auto& percent = at(at(report, "coverage"), "percent");
    if (!percent.is_number() || percent < *expected.coverage)
      out.push_back("coverage: expected at least "
                    + to_text(json(*expected.coverage)) + ", found "
                    + to_text(percent) + "; not covered: "
                    + to_text(at(at(report, "coverage"), "notCovered")));
  }
  return out;
}

std::string rows_of(const nlohmann::json& report) {
  using namespace verdict_detail;
  std::string out;
  for (auto& row : at(at(report, "execution"), "tasks"))
    out += (out.empty() ? "" : " ") + text_at(row, "referenceTaskName") + ":"
           + text_at(row, "status");
  return out;
}

void joined_coverage::add(const nlohmann::json& report) {
  using verdict_detail::at;
  auto& coverage = at(report, "coverage");
  any_ = true;
  for (auto* list : {"tasks", "branches"})
    for (auto& item : at(coverage, list)) {
      auto name = text_at(item, "task");
      if (auto branch = text_at(item, "branch"); !branch.empty())
        name += "." + branch;
      auto [i, is_new] = index_.emplace(name, items_.size());
      if (is_new)
        items_.emplace_back(name, false);
      if (number_at(item, "times") > 0)
        items_[i->second].second = true;
    }
}

size_t joined_coverage::covered() const {
  return size_t(
      std::ranges::count_if(items_, [](auto& x) { return x.second; }));
}

double joined_coverage::percent() const {
  if (items_.empty())
    return any_ ? 100.0 : 0.0;
  return 100.0 * double(covered()) / double(items_.size());
}

std::vector<std::string> joined_coverage::not_covered() const {
  std::vector<std::string> out;
  for (auto& [name, covered] : items_)
    if (!covered)
      out.push_back(name);
  return out;
}

} // namespace tutti::cli
