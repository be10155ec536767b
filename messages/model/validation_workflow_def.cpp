#include "messages/model/retention/retention_policy.hpp"
#include "messages/model/validation_rules.hpp"

#include <algorithm>

namespace tutti {

void for_each_task(const std::vector<workflow_task>& tasks,
                   const std::function<void(const workflow_task&)>& visit) {
  for (auto& x : tasks) {
    visit(x);
    for_each_list(x, [&](auto& list, auto&&) { for_each_task(list, visit); });
  }
}

namespace workflow_rules {

std::string item(const std::string& path, size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

void check_tasks(violations& out, const std::vector<workflow_task>& tasks,
                 const std::string& path, const validation_settings& settings) {
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto& x = tasks[i];
    auto here = item(path, i);
    check_task(out, x, here, settings);
    for_each_list(x, [&](auto& list, const std::string& field) {
      check_tasks(out, list, here + "." + shortened(field, 100), settings);
    });
  }
}

// ^[A-Za-z0-9_<>{}#\s-]+$
bool is_plain_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
           || (c >= '0' && c <= '9')
           || std::string_view("_<>{}#- \t\n\r\f\v").find(c)
                  != std::string_view::npos;
  });
}

flow_check::references check_references(violations& out,
                                        const workflow_def& def,
                                        const std::string& path,
                                        const validation_settings& settings) {
  flow_check::references known;
  for_each_task(def.tasks, [&](const workflow_task& x) {
    auto* rules = rules_of(x, settings);
    known.open |= rules && rules->brings_tasks();
    if (x.reference_name.empty())
      return;
    if (!known.set.insert(x.reference_name).second)
      out.add(path, "taskReferenceName " + short_name(x.reference_name)
                        + " is used more than once in workflow "
                        + short_name(def.name));
  });
  return known;
}

void check_retention(violations& out, const workflow_def& def,
                     const std::string& path) {
  auto read = read_retention_policy(def.metadata);
  if (!read)
    out.add(path + ".metadata.retention", read.failure().message);
}

/// As many of one definition as an index holds without growing by them alone.
constexpr size_t search_attributes_max = 32, search_path_bytes_max = 200;

bool is_search_path(std::string_view path) {
  auto root = path.substr(0, path.find('.'));
  return (root == "input" || root == "output" || root == "variables")
         && root.size() + 1 < path.size() && path.back() != '.'
         && path.find("..") == path.npos && path.size() <= search_path_bytes_max
         && std::all_of(path.begin(), path.end(), [](char c) {
              return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
                     || (c >= '0' && c <= '9') || c == '_' || c == '.'
                     || c == '-';
            });
}

void check_search_attributes(violations& out, const workflow_def& def,
                             const std::string& path) {
  auto& all = def.search_attributes;
  auto here = path + ".searchAttributes";
  if (all.size() > search_attributes_max)
    out.add(here, "the workflow may have "
                      + std::to_string(search_attributes_max)
                      + " searchAttributes");
  for (size_t i = 0; i < all.size() && i < search_attributes_max; ++i) {
    if (!is_search_path(all[i].path))
      out.add(item(here, i) + ".path",
              "a search attribute is a path of names like input.order.id, "
              "output.total or variables.region",
              shortened(all[i].path, 100));
    for (size_t j = 0; j < i; ++j)
      if (all[j].path == all[i].path)
        out.add(item(here, i) + ".path",
                "a search attribute is named more than once",
                shortened(all[i].path, 100));
  }
}

} // namespace workflow_rules

namespace flow_rules {

class walk {
 public:
  walk(violations& out, const workflow_def& def,
       const flow_check::references& known, const std::string& path,
       const validation_settings& settings)
      : out_(out), def_(def), known_(known), path_(path), settings_(settings) {}

  void list(const std::vector<workflow_task>& here,
            const workflow_task* holder) {
    around_.emplace_back(here, holder);
    for (auto& x : here) {
      flow_check look(out_, x, around_, known_, def_, path_, settings_);
      if (auto* rules = rules_of(x, settings_)) {
        rules->check_flow(look);
        if (!x.compensate.empty() && !in_scope_body())
          look.broken("compensate needs a SCOPE around the task");
      }
      for_each_list(x, [&](auto& inner, auto&&) { list(inner, &x); });
    }
    around_.pop_back();
  }

 private:
  bool in_scope_body() const {
    return std::any_of(around_.begin(), around_.end(), [&](auto& x) {
      return x.holder && x.tasks == &x.holder->loop_over
             && rules_of(*x.holder, settings_)->catches_failures();
    });
  }

  violations& out_;
  const workflow_def& def_;
  const flow_check::references& known_;
  const std::string& path_;
  const validation_settings& settings_;
  std::vector<held_list> around_;
};

} // namespace flow_rules

void check_flow(violations& out, const workflow_def& def,
                const flow_check::references& known, const std::string& path,
                const validation_settings& settings) {
  flow_rules::walk(out, def, known, path, settings).list(def.tasks, nullptr);
}

bool held_list::has(std::string_view reference) const {
  if (names_.empty())
    for (auto& x : *tasks)
      names_.insert(x.reference_name);
  return names_.contains(reference);
}

void flow_check::broken(const std::string& why) const {
  add(subject() + ": " + why);
}

std::string flow_check::subject() const {
  return shortened(task.type, 100) + " task " + short_name(task.reference_name);
}

void flow_check::add(std::string sentence) const {
  out_.add(path_, std::move(sentence));
}

void validate(violations& out, const workflow_def& def, const std::string& path,
              const validation_settings& settings,
              const reference_check& input_check) {
  using namespace workflow_rules;
  out.not_empty(path, "name", def.name, "the workflow needs a name");
  if (settings.name_validation && !is_plain_name(def.name))
    out.add(path + ".name",
            "the workflow's name may have letters, digits, blanks and "
            "_ < > { } # - only",
            def.name);
  if (def.tasks.empty())
    out.add(path + ".tasks", "the workflow needs at least one task");
  if (def.schema_version != 2)
    out.add(path + ".schemaVersion", "only schemaVersion 2 is supported",
            std::to_string(def.schema_version));
  if (settings.owner_email_mandatory)
    out.not_empty(path, "ownerEmail", def.owner_email,
                  "the workflow needs an ownerEmail");
  check_schemas(out, def, path, settings);
  check_tasks(out, def.tasks, path + ".tasks", settings);
  for_each_task(def.tasks, [&](const workflow_task& x) {
    if (x.definition)
      check_schemas(out, *x.definition,
                    path + ".tasks(" + x.reference_name + ").taskDefinition",
                    settings);
  });
  check_retention(out, def, path);
  check_search_attributes(out, def, path);
  auto known = check_references(out, def, path, settings);
  check_flow(out, def, known, path, settings);
  if (!input_check)
    return;
  auto is_reference
      = [&](std::string_view name) { return known.set.contains(name); };
  for (auto& x : def.tasks)
    if (!x.input_parameters.is_empty_object())
      input_check(x.input_parameters, is_reference, [&](std::string sentence) {
        out.add(path, "task " + short_name(x.reference_name) + ": " + sentence);
      });
}

} // namespace tutti
