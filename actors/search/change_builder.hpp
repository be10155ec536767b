#pragma once

#include "actors/search/search_definitions.hpp"
#include "messages/model/events.hpp"
#include "storage/index/rows.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace tutti {

/// Folds events of one execution into what they change in the index. Pure.
class change_builder {
 public:
  explicit change_builder(std::string id);

  /// Events in their order. `definition`: that of the event, if it names one.
  void add(const event& x, const search_definitions::pointer& definition);
  void set_revision(int64_t x) { out_.revision = x; }

  /// Its first event is among them: the change is complete.
  bool is_complete() const { return out_.complete; }
  bool ended() const { return ended_; }
  /// The definition that the execution has now, as far as events name it.
  const search_definitions::pointer& definition() const { return definition_; }

  /// nullopt: `known` does not do, or there is none; the execution must be read
  /// from its beginning.
  std::optional<index::execution_change>
  finish(const search_definitions::pointer& known) &&;

 private:
  void on(const workflow_created& x);
  void on(const workflow_changed& x);
  void on(const task_added& x);
  void on(const task_changed& x);
  void on(const tasks_removed& x);
  void on(const inbox_changed&) {}

  index::changed_task& task_of(const std::string& id);
  bool changes_data() const { return input_ || output_ || variables_; }

  index::execution_change out_;
  std::unordered_map<std::string, size_t> tasks_;
  std::optional<payload> input_, output_, variables_;
  search_definitions::pointer definition_;
  bool ended_ = false;
};

/// The values of the definition's attributes in that part of the data.
std::vector<index::attribute> attributes_of(const workflow_def& definition,
                                            std::string_view root,
                                            const payload& data);

} // namespace tutti
