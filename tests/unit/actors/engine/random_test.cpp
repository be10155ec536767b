#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"
#include "tests/support/seeds.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace tutti;

namespace random_executions {

/// A definition of nested tasks, each type as likely as the next.
class author {
 public:
  explicit author(uint32_t seed) : random_(seed) {}

  std::string tasks(int depth) {
    std::string out;
    for (int i = 0, n = 1 + int(random_() % 3); i < n; ++i)
      out += (i ? "," : "") + one(depth);
    return out;
  }
  uint32_t pick(uint32_t below) { return uint32_t(random_() % below); }
  std::string last_of_branch() { return last_; }

 private:
  std::string one(int depth) {
    auto n = std::to_string(++counter_);
    last_ = "r" + n;
    auto head = [&](const char* type, const std::string& more) {
      return R"({"name":"x","taskReferenceName":"r)" + n + R"(","type":")"
             + type + "\"" + more + "}";
    };
    switch (pick(depth > 0 ? 12 : 5)) {
      case 0:
      case 1:
        return head("SIMPLE", flags());
      case 2:
        return head("NOOP", "");
      case 3:
        return head("WAIT", R"(,"inputParameters":{"duration":"5s"})");
      case 4:
        return head("SET_VARIABLE",
                    R"(,"inputParameters":{"v":"${r1.output}"})");
      case 5:
        return head("SWITCH",
                    R"(,"evaluatorType":"value-param","expression":"k",
                    "inputParameters":{"k":"${workflow.input.k}"},
                    "decisionCases":{"0":[)"
                        + tasks(depth - 1) + R"(]},"defaultCase":[)"
                        + (pick(2) ? tasks(depth - 1) : "") + "]");
      case 6:
        return head("SUB_WORKFLOW",
                    R"(,"subWorkflowParam":{"name":"child","version":1})"
                        + flags());
      case 7: {
        auto body = tasks(depth - 1);
        last_ = "r" + n;
        return head("DO_WHILE", R"(,"items":"${workflow.input.list}",
                    "inputParameters":{"keepLastN":)"
                                    + std::to_string(pick(3))
                                    + R"(},"loopOver":[)" + body + "]"
                                    + flags());
      }
      case 8: {
        auto body = tasks(depth - 1);
        last_ = "r" + n;
        return head("FOR_EACH", R"(,"items":"${workflow.input.list}",
                    "inputParameters":{"maxParallel":)"
                                    + std::to_string(pick(4))
                                    + R"(},"loopOver":[)" + body + "]"
                                    + flags());
      }
      case 9: {
        auto before = one(0), taken = last_;
        last_ = "e" + n;
        return before + R"(,{"name":"e","type":"EXCLUSIVE_JOIN",
                  "taskReferenceName":"e)"
               + n + R"(","joinOn":[")" + taken + R"("]})";
      }
      default: {
        std::string branches, joins;
        for (int i = 0, k = 1 + int(pick(3)); i < k; ++i) {
          branches += (i ? ",[" : "[") + tasks(depth - 1) + "]";
          joins += (i ? ",\"" : "\"") + last_ + "\"";
        }
        last_ = "j" + n;
        return head("FORK_JOIN", R"(,"forkTasks":[)" + branches + "]")
               + R"(,{"name":"j","type":"JOIN","taskReferenceName":"j)" + n
               + R"(","joinOn":[)" + joins + "]}";
      }
    }
  }
  std::string flags() {
    switch (pick(4)) {
      case 0:
        return R"(,"optional":true)";
      case 1:
        return R"(,"permissive":true)";
      default:
        return "";
    }
  }

  std::mt19937 random_;
  int counter_ = 0;
  std::string last_;
};

/// Workers, time and operators act at random until nothing is left to do.
/// False: the execution neither ended nor can anything move it.
bool play(test::pure_world& world, author& dice, const std::string& id) {
  for (int step = 0; step < 400; ++step) {
    auto& head = world.at(id).head();
    if (is_terminal(head.status) && step > 3)
      return true;
    switch (dice.pick(8)) {
      case 0:
        world.tell(id, command::pause{});
        break;
      case 1:
        world.tell(id, command::retry{});
        break;
      case 2:
        world.advance(3000);
        break;
      case 3:
        if (world.waiting("x") > 0 && dice.pick(2) == 0) {
          world.advance(20'000); // what was delayed by a retry
          if (world.waiting("x") == 0)
            break; // it timed out meanwhile, and all ended
          world.fail("x", "dice",
                     dice.pick(4) == 0 ? task_status::failed_with_terminal_error
                                       : task_status::failed);
        }
        break;
      case 4:
        world.tell(id, command::decide{});
        break;
      default:
        world.tell(id, command::resume{});
        world.advance(6000);
        if (world.poll("x") != "")
          world.advance(100'000); // its worker never answers
        else if (world.waiting("x") == 0 && world.at(id).next_deadline() == 0
                 && !is_terminal(head.status))
          return false;
    }
  }
  return true;
}

/// A fork's branch that ends in a switch without match joins on a reference
/// that never comes: Conductor leaves that open for ever, and so do we.
bool waits_for_nobody(const test::pure_world& world, const std::string& id) {
  auto& execution = world.at(id);
  for (auto& row : execution.rows())
    if (row.task_type == "JOIN" && !is_terminal(row.status)
        && execution.missing(execution.index_of(row)) > 0)
      return true;
  return false;
}

} // namespace random_executions

TEST_CASE(
    "random definitions never get stuck, and replay gives what was live") {
  using namespace random_executions;
  int ended = 0;
  auto runs = test::for_each_seed(1, 400, [&](uint64_t seed) {
    author dice{uint32_t(seed)};
    test::pure_world world;
    world.define_task("x", R"({"retryCount":1,"retryDelaySeconds":1,
      "timeoutPolicy":"RETRY","timeoutSeconds":90,
      "responseTimeoutSeconds":60})");
    world.define(test::workflow_of(test::simple("x"), "", "child"));
    world.define(test::workflow_of(dice.tasks(3)));
    world.bounds.decision_events_max = 1 + dice.pick(20);
    auto id = world.start("w", dice.pick(2) ? R"({"k":0,"list":["x","y"]})"
                                            : R"({"k":1,"list":[1,2,3]})");
    bool moves = play(world, dice, id);
    CHECK((moves || waits_for_nobody(world, id)));
    CHECK(world.replay_is_live());
    ended += is_terminal(world.at(id).head().status);
  });
  CHECK((ended * 2 > int(runs) || runs == 1));
}
