#include "messages/model/validation_rules.hpp"

#include <algorithm>

namespace tutti {

namespace flow_rules {

class walk {
 public:
  walk(violations& out, const workflow_def& def,
       const flow_check::references& known, const std::string& path,
       const validation_settings& settings)
      : out_(out), def_(def), known_(known), path_(path), settings_(settings) {}

  void list(const std::vector<workflow_task>& here,
            const workflow_task* holder) {
    around_.push_back({&here, holder});
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

void flow_check::broken(const std::string& why) const {
  add(task.type + " task '" + task.reference_name + "': " + why);
}

void flow_check::add(std::string sentence) const {
  out_.add(path_, std::move(sentence));
}

} // namespace tutti
