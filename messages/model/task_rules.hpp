#pragma once

#include "messages/model/validation.hpp"

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace tutti {

// The rules of task types for definitions that use them. The types belong to
// the engine, a layer above: `validation_settings::rules_of` gives access.

/// One task of a definition, to be checked.
class task_check {
 public:
  task_check(violations& out, const workflow_task& task,
             const std::string& path, const validation_settings& settings)
      : task(task), out_(out), path_(path), settings_(settings) {}

  const workflow_task& task;

  /// "<TYPE> task '<reference>': <why>"
  void broken(const std::string& why) const;
  void required(bool present, std::string_view field) const;
  bool has_input(const char* key) const;
  /// The inputTemplate of its task definition has that key.
  bool has_template(const char* key) const;
  /// The input if it is a string; the JSON text of other values; "": absent.
  std::string input(const char* key) const;

 private:
  violations& out_;
  const std::string& path_;
  const validation_settings& settings_;
};

/// A list of tasks and the task that holds it; null at the top level.
struct held_list {
  held_list(const std::vector<workflow_task>& list,
            const workflow_task* held_by)
      : tasks(&list), holder(held_by) {}

  /// A task of the list itself has that reference. Many of its tasks may ask.
  bool has(std::string_view reference) const;

  const std::vector<workflow_task>* tasks;
  const workflow_task* holder;

 private:
  mutable std::unordered_set<std::string_view> names_;
};

/// One task among the others of its definition.
class flow_check {
 public:
  /// Every reference of the definition; `open`: a task adds others at run
  /// time.
  struct references {
    std::unordered_set<std::string_view> set;
    bool open = false;
  };

  flow_check(violations& out, const workflow_task& task,
             std::span<const held_list> around, const references& known,
             const workflow_def& def, const std::string& path,
             const validation_settings& settings)
      : task(task), around(around), def(def), settings(settings), out_(out),
        known_(known), path_(path) {}

  const workflow_task& task;
  /// The lists around it, from the top level to its own.
  std::span<const held_list> around;
  const workflow_def& def;
  const validation_settings& settings;

  /// "<TYPE> task '<reference>': <why>"
  void broken(const std::string& why) const;
  /// "<TYPE> task '<reference>'"
  std::string subject() const;
  /// A whole sentence.
  void add(std::string sentence) const;
  /// No task has that reference, and none can get it at run time.
  bool is_unknown(std::string_view reference) const {
    return !known_.open && !known_.set.contains(reference);
  }

 private:
  violations& out_;
  const references& known_;
  const std::string& path_;
};

/// A script as a definition writes it, without expressions.
struct written_script {
  enum class language : uint8_t { javascript, jq };
  const char* field; ///< that holds it
  std::string source;
  language written_in = language::javascript;
};

/// Of one task type.
class task_rules {
 public:
  virtual ~task_rules() = default;

  /// What the task cannot do without (reference:workflow-definition#rules).
  virtual void check(const task_check&) const {}
  /// What it demands of the tasks around it and inside it.
  virtual void check_flow(const flow_check&) const {}
  /// Scripts whose syntax is looked at before a definition is taken.
  virtual std::vector<written_script> scripts(const workflow_task&) const {
    return {};
  }
  /// Tasks inside it are known only when it runs.
  virtual bool brings_tasks() const = 0;
  /// It catches failures of its body: it may have `onError`, and its tasks
  /// `compensate`.
  virtual bool catches_failures() const = 0;
};

/// Those of a task's type; null: the settings know no types.
inline const task_rules* rules_of(const workflow_task& task,
                                  const validation_settings& settings) {
  return settings.rules_of ? &settings.rules_of(task.type) : nullptr;
}

} // namespace tutti
