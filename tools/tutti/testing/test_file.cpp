#include "tools/tutti/testing/test_file.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace tutti::cli {

namespace test_file_detail {

using nlohmann::json;
using words = std::set<std::string>;

/// Thrown and caught in this file only.
struct wrong_file {
  failure why;
};

/// A value of the document and its location.
class place {
 public:
  place(const document& in, const json& value, std::string pointer = {})
      : in_(in), value_(value), pointer_(std::move(pointer)) {}

  const json& value() const { return value_; }
  const document& in() const { return in_; }

  [[noreturn]] void fail(const std::string& sentence) const {
    throw wrong_file{in_.wrong(pointer_, sentence)};
  }

  void must_be_object(const std::string& what, const words& known) const {
    if (!value_.is_object())
      fail(what + " must be a map");
    for (auto& [key, value] : value_.items())
      if (!known.contains(key)) {
        std::string list;
        for (auto& word : known)
          list += (list.empty() ? "" : ", ") + word;
        at(key).fail("unknown key '" + key + "' in " + what + "; its keys are "
                     + list);
      }
  }

  bool has(const char* key) const { return value_.contains(key); }
  place at(const std::string& key) const {
    return {in_, value_.at(key), pointer_ + pointer_step(key)};
  }
  place at(size_t index) const {
    return {in_, value_.at(index), pointer_ + "/" + std::to_string(index)};
  }

  std::string text() const {
    if (!value_.is_string() || value_.get_ref<const std::string&>().empty())
      fail("'" + last() + "' must be a text");
    return value_.get<std::string>();
  }
  int64_t number(int64_t min, int64_t max) const {
    if (!value_.is_number_integer() || value_ < min || value_ > max)
      fail("'" + last() + "' must be a number from " + std::to_string(min)
           + " to " + std::to_string(max));
    return value_.get<int64_t>();
  }
  double percent() const {
    if (!value_.is_number() || value_ < 0 || value_ > 100)
      fail("'" + last() + "' must be a number from 0 to 100");
    return value_.get<double>();
  }
  json object() const {
    if (!value_.is_object())
      fail("'" + last() + "' must be a map");
    return value_;
  }
  std::vector<std::string> texts() const {
    if (!value_.is_array())
      fail("'" + last() + "' must be a list");
    std::vector<std::string> out;
    for (size_t i = 0; i < value_.size(); ++i)
      out.push_back(at(i).text());
    return out;
  }
  std::string last() const {
    return pointer_.empty() ? "the file"
                            : pointer_.substr(pointer_.rfind('/') + 1);
  }

 private:
  const document& in_;
  const json& value_;
  std::string pointer_;
};

/// Names of workflows may contain dots, too.
bool is_file_name(const std::string& text) {
  return text.ends_with(".json") || text.ends_with(".yaml")
         || text.ends_with(".yml");
}

json file_beside(const place& named) {
  auto path
      = std::filesystem::path(named.in().file()).parent_path() / named.text();
  auto read = document::read(path.string());
  if (!read)
    named.fail(read.failure().message);
  return read->value();
}

/// A definition, or the name of a file that contains one.
json definition_at(const place& x) {
  auto out = x.value().is_string() ? file_beside(x) : x.value();
  if (out.is_array() && out.size() == 1)
    out = json(out.front());
  if (!out.is_object())
    x.fail("'" + x.last() + "' must be a definition or the name of its file");
  return out;
}

/// Several definitions, each as above; a file may contain a list.
std::vector<json> definitions_at(const place& x) {
  std::vector<json> out;
  auto add = [&](const place& one) {
    auto read = one.value().is_string() ? file_beside(one) : one.value();
    for (auto& d : read.is_array() ? read : json::array({read})) {
      if (!d.is_object())
        one.fail("'" + x.last() + "' must list definitions or names of files");
      out.push_back(d);
    }
  };
  if (!x.value().is_array()) {
    add(x);
    return out;
  }
  for (size_t i = 0; i < x.value().size(); ++i)
    add(x.at(i));
  return out;
}

std::string task_status_at(const place& x, const words& known) {
  auto out = x.text();
  if (!known.contains(out)) {
    std::string list;
    for (auto& word : known)
      list += (list.empty() ? "" : ", ") + word;
    x.fail("'" + out + "' is not a status here; use " + list);
  }
  return out;
}

json mock_at(const place& x) {
  static const words statuses{"IN_PROGRESS", "COMPLETED", "FAILED",
                              "FAILED_WITH_TERMINAL_ERROR", "CANCELED"};
  constexpr int64_t century_ms = 100LL * 365 * 24 * 3600 * 1000;
  x.must_be_object("a mock", {"status", "output", "reason", "executionTime",
                              "queueWaitTime", "callbackAfterSeconds"});
  json out = json::object();
  if (x.has("status"))
    out["status"] = task_status_at(x.at("status"), statuses);
  if (x.has("output"))
    out["output"] = x.at("output").object();
  if (x.has("reason"))
    out["reasonForIncompletion"] = x.at("reason").text();
  for (auto* key : {"executionTime", "queueWaitTime", "callbackAfterSeconds"})
    if (x.has(key))
      out[key] = x.at(key).number(0, century_ms);
  return out;
}

json mocks_at(const place& x) {
  json out = json::object();
  auto all = x.object();
  for (auto& [reference, value] : all.items()) {
    auto at = x.at(reference);
    auto& list = out[reference] = json::array();
    if (!at.value().is_array())
      list.push_back(mock_at(at));
    else
      for (size_t i = 0; i < at.value().size(); ++i)
        list.push_back(mock_at(at.at(i)));
  }
  return out;
}

json children_at(const place& x) {
  json out = json::object();
  auto all = x.object();
  for (auto& [reference, value] : all.items()) {
    auto at = x.at(reference);
    at.must_be_object("a child", {"mocks", "children", "workflow"});
    auto& child = out[reference] = json::object();
    if (at.has("mocks"))
      child["taskRefToMockOutput"] = mocks_at(at.at("mocks"));
    if (at.has("children"))
      child["subWorkflowTestRequest"] = children_at(at.at("children"));
    if (at.has("workflow"))
      child["workflowDef"] = definition_at(at.at("workflow"));
  }
  return out;
}

task_expectation task_at(const place& x, std::string reference) {
  static const words statuses{
      "SCHEDULED", "IN_PROGRESS", "COMPLETED", "COMPLETED_WITH_ERRORS",
      "FAILED",    "TIMED_OUT",   "CANCELED",  "FAILED_WITH_TERMINAL_ERROR",
      "SKIPPED"};
  task_expectation out;
  out.reference = std::move(reference);
  // "t1: COMPLETED" is short for "t1: {status: COMPLETED}".
  if (x.value().is_string()) {
    out.status = task_status_at(x, statuses);
    return out;
  }
  x.must_be_object("an expected task",
                   {"status", "count", "input", "output", "reason"});
  if (x.has("status"))
    out.status = task_status_at(x.at("status"), statuses);
  if (x.has("count"))
    out.count = size_t(x.at("count").number(0, 10'000'000));
  if (x.has("input"))
    out.input = x.at("input").object();
  if (x.has("output"))
    out.output = x.at("output").object();
  if (x.has("reason"))
    out.reason = x.at("reason").text();
  return out;
}

expectation expectation_at(const place& x) {
  static const words statuses{"RUNNING", "PAUSED",    "COMPLETED",
                              "FAILED",  "TIMED_OUT", "TERMINATED"};
  x.must_be_object("'expect'", {"status", "reason", "output", "variables",
                                "tasks", "order", "waiting_for", "coverage"});
  if (x.value().empty())
    x.fail("'expect' is empty");
  expectation out;
  if (x.has("status"))
    out.status = task_status_at(x.at("status"), statuses);
  if (x.has("reason"))
    out.reason = x.at("reason").text();
  if (x.has("output"))
    out.output = x.at("output").object();
  if (x.has("variables"))
    out.variables = x.at("variables").object();
  if (x.has("tasks")) {
    auto all = x.at("tasks").object();
    for (auto& [reference, value] : all.items())
      out.tasks.push_back(task_at(x.at("tasks").at(reference), reference));
  }
  if (x.has("order"))
    out.order = x.at("order").texts();
  if (x.has("waiting_for"))
    out.waiting_for = x.at("waiting_for").texts();
  if (x.has("coverage"))
    out.coverage = x.at("coverage").percent();
  return out;
}

scenario scenario_at(const place& x, const json& workflow) {
  x.must_be_object("a scenario",
                   {"name", "input", "mocks", "children", "correlationId",
                    "taskToDomain", "priority", "expect"});
  if (!x.has("name"))
    x.fail("a scenario needs a 'name'");
  if (!x.has("expect"))
    x.fail("a scenario needs an 'expect'");
  scenario out;
  out.name = x.at("name").text();
  out.request = workflow;
  out.request["input"]
      = x.has("input") ? x.at("input").object() : json::object();
  for (auto* key : {"correlationId", "taskToDomain", "priority"})
    if (x.has(key))
      out.request[key] = x.at(key).value();
  if (x.has("mocks"))
    out.request["taskRefToMockOutput"] = mocks_at(x.at("mocks"));
  if (x.has("children"))
    out.request["subWorkflowTestRequest"] = children_at(x.at("children"));
  out.expected = expectation_at(x.at("expect"));
  return out;
}

test_file read_all(const document& what) {
  place root(what, what.value());
  root.must_be_object("a test file", {"workflow", "version", "definitions",
                                      "tasks", "scenarios", "coverage"});
  test_file out;
  out.file = what.file();
  if (!root.has("workflow"))
    root.fail("a test file needs a 'workflow': a definition, the name of its "
              "file, or the name of a registered one");
  auto workflow = root.at("workflow");
  json head = json::object();
  if (workflow.value().is_string() && !is_file_name(workflow.text())) {
    out.workflow = workflow.text();
    if (root.has("version"))
      head["version"] = root.at("version").number(0, INT32_MAX);
  } else {
    auto definition = definition_at(workflow);
    if (!definition.contains("name") || !definition["name"].is_string())
      workflow.fail("the definition has no name");
    out.workflow = definition["name"].get<std::string>();
    out.has_definition = true;
    head["workflowDef"] = std::move(definition);
  }
  head["name"] = out.workflow;
  if (root.has("definitions"))
    out.workflows = definitions_at(root.at("definitions"));
  if (root.has("tasks"))
    out.tasks = definitions_at(root.at("tasks"));
  if (root.has("coverage"))
    out.coverage = root.at("coverage").percent();
  if (!root.has("scenarios") || !root.at("scenarios").value().is_array()
      || root.at("scenarios").value().empty())
    root.fail("a test file needs a list of 'scenarios'");
  auto scenarios = root.at("scenarios");
  std::set<std::string> names;
  for (size_t i = 0; i < scenarios.value().size(); ++i) {
    out.scenarios.push_back(scenario_at(scenarios.at(i), head));
    if (!names.insert(out.scenarios.back().name).second)
      scenarios.at(i).fail("there are two scenarios '"
                           + out.scenarios.back().name + "'");
  }
  return out;
}

} // namespace test_file_detail

result<test_file> test_file::from(const document& what) {
  try {
    return test_file_detail::read_all(what);
  } catch (const test_file_detail::wrong_file& x) {
    return x.why;
  }
}

result<test_file> test_file::read(const std::string& file) {
  auto text = document::read(file);
  if (!text)
    return text.failure();
  return from(*text);
}

} // namespace tutti::cli
