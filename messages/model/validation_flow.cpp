#include "messages/model/validation_rules.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_set>

namespace tutti {

namespace flow_rules {

using tasks = std::vector<workflow_task>;

/// A list and the task that holds it; null at the top level.
struct frame {
  const tasks* list;
  const workflow_task* parent;
};

class walk {
 public:
  walk(violations& out, const std::string& path,
       const validation_settings& settings)
      : out_(out), path_(path), settings_(settings) {}

  void list(const tasks& here, const workflow_task* parent) {
    frames_.push_back({&here, parent});
    for (auto& x : here) {
      if (x.type == "GOTO")
        jump(x);
      if (x.type == "SCOPE")
        scope(x);
      if (!x.compensate.empty() && !in_scope_body())
        broken(x, "compensate needs a SCOPE around the task");
      for_each_list(x, [&](auto& inner, auto&&) { list(inner, &x); });
    }
    frames_.pop_back();
  }

 private:
  void broken(const workflow_task& x, const std::string& why) {
    out_.add(path_, x.type + " task '" + x.reference_name + "': " + why);
  }

  bool in_scope_body() const {
    return std::any_of(frames_.begin(), frames_.end(), [](auto& x) {
      return x.parent && x.parent->type == "SCOPE"
             && x.list == &x.parent->loop_over;
    });
  }

  /// A target that is an expression is checked when the task runs.
  void jump(const workflow_task& x) {
    auto& input = x.input_parameters.json();
    auto found = input.find("target");
    if (found == input.end() || !found->is_string())
      return;
    auto& target = found->get_ref<const std::string&>();
    if (target.find("${") != target.npos)
      return;
    for (auto i = frames_.rbegin(); i != frames_.rend(); ++i) {
      for (auto& beside : *i->list)
        if (beside.reference_name == target)
          return;
      if (!i->parent)
        break;
      if (i->list == &i->parent->compensate)
        return broken(x, "it cannot leave what undoes '"
                             + i->parent->reference_name + "'");
      if (i->parent->type == "FORK_JOIN" || i->parent->type == "FORK")
        return broken(x, "target '" + target + "' is outside of its branch of "
                             + "fork '" + i->parent->reference_name + "'");
    }
    broken(x, "target '" + target + "' stands neither beside it nor around it");
  }

  void scope(const workflow_task& x) {
    std::unordered_set<std::string_view> inside;
    bool all_known = true;
    for_each_task(x.loop_over, [&](const workflow_task& y) {
      inside.insert(y.reference_name);
      all_known &= y.type != "FORK_JOIN_DYNAMIC";
    });
    for (auto& handler : x.on_error) {
      for (auto& name : handler.tasks)
        if (all_known && !inside.contains(name))
          broken(x, "onError names '" + name + "', which is no task inside");
      if (handler.reason.empty() || !settings_.pattern_error)
        continue;
      if (auto why = settings_.pattern_error(".*(?:" + handler.reason + ").*");
          !why.empty())
        broken(x, "the reason '" + handler.reason + "' of onError: " + why);
    }
  }

  violations& out_;
  const std::string& path_;
  const validation_settings& settings_;
  std::vector<frame> frames_;
};

} // namespace flow_rules

void check_flow(violations& out, const workflow_def& def,
                const std::string& path, const validation_settings& settings) {
  flow_rules::walk(out, path, settings).list(def.tasks, nullptr);
}

} // namespace tutti
