#include "actors/engine/commands/operation.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

// An operator action from outside: what a file under actors/engine/commands/
// would be.

namespace wake_test {

using namespace tutti;
using namespace tutti::engine;

/// `wake {"task": REFERENCE}`: an open row that waits for its time goes on now.
class wake final : public operation_kind {
 public:
  void handle(decision_builder& t, const payload& arguments) const override {
    auto reference = arguments.json().value("task", std::string());
    auto i = t.execution().latest_index(reference);
    if (i == state::no_row || is_terminal(t.row(i).status))
      return t.refuse(errc::not_found,
                      "there is no open task '" + reference + "'");
    t.out().task_id = t.row(i).task_id;
    if (t.row(i).due_at == 0)
      return t.idle();
    t.set_position(position_of(t.row(i)));
    kind_of(t.row(i)).due(t, i);
    t.run();
  }

  cause why(const command::operation& c) const override {
    return {cause_kind::operator_,
            "wake " + c.arguments.json().value("task", std::string())};
  }
};

const operation_kind& wake_kind() {
  static const wake kind;
  return kind;
}

const bool registered = (register_operation("wake", wake_kind()), true);

} // namespace wake_test
