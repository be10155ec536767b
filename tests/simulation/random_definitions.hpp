#pragma once

#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <random>

namespace tutti::test {

/// Small workflows of the kinds that move by themselves: workers, forks, joins,
/// switches, children, waits. Every one of them ends when its workers answer.
class random_definitions {
 public:
  static constexpr int queues = 4;

  explicit random_definitions(uint64_t seed) : random_(seed) {}

  /// Defines tasks `q0`.. and workflows; the names to start.
  std::vector<std::string> define(definition_table& into) {
    for (int i = 0; i < queues; ++i)
      into.define_task("q" + std::to_string(i), task_changes());
    into.define(workflow_of(list(1, 2), limit(2), "leaf"));
    into.define(workflow_of(list(2, 2) + "," + child("leaf"), "", "middle"));
    std::vector<std::string> out{"leaf", "middle"};
    for (int i = 0; i < 3; ++i) {
      auto name = "top" + std::to_string(i);
      std::string more = below(3) == 0 ? R"(,"failureWorkflow":"leaf")" : "";
      into.define(
          workflow_of(list(3, 3), more + (i == 0 ? limit(1) : ""), name));
      out.push_back(std::move(name));
    }
    return out;
  }

 private:
  uint64_t below(uint64_t n) { return random_() % n; }

  /// Some seeds limit how many run at once. Children of the limited ones are
  /// never limited by the same name, so nobody waits for itself.
  std::string limit(int n) {
    if (below(2))
      return {};
    return R"(,"rateLimitConfig":{"rateLimitKey":"${workflow.input.x}",)"
           R"("concurrentExecLimit":)"
           + std::to_string(n) + "}";
  }

  std::string task_changes() {
    auto timeout = below(2) ? 0 : 20;
    return R"({"retryCount":)" + std::to_string(below(3))
           + R"(,"retryDelaySeconds":)" + std::to_string(below(3))
           + R"(,"timeoutPolicy":"RETRY","responseTimeoutSeconds":)"
           + std::to_string(timeout) + "}";
  }

  std::string reference() { return "r" + std::to_string(next_++); }

  static std::string task(std::string_view type, const std::string& reference,
                          std::string_view name, const std::string& more) {
    return R"({"type":")" + std::string(type) + R"(","name":")"
           + std::string(name) + R"(","taskReferenceName":")" + reference + "\""
           + more + "}";
  }

  std::string worker() {
    auto name = "q" + std::to_string(below(queues));
    return task("SIMPLE", reference(), name,
                below(4) ? "" : R"(,"optional":true)");
  }

  std::string child(const char* name) {
    return task("SUB_WORKFLOW", reference(), "child",
                R"(,"subWorkflowParam":{"name":")" + std::string(name)
                    + R"(","version":1})");
  }

  std::string fork(int depth) {
    std::string branches, joined;
    for (uint64_t i = 0, n = 2 + below(2); i < n; ++i) {
      auto last = reference();
      auto name = "q" + std::to_string(below(queues));
      auto front = below(2) ? list(depth - 1, 1) + "," : "";
      branches
          += (i ? ",[" : "[") + front + task("SIMPLE", last, name, "") + "]";
      joined += (i ? ",\"" : "\"") + last + "\"";
    }
    return task("FORK_JOIN", reference(), "fork",
                R"(,"forkTasks":[)" + branches + "]")
           + ","
           + task("JOIN", reference(), "join", R"(,"joinOn":[)" + joined + "]");
  }

  std::string branch(int depth) {
    return task("SWITCH", reference(), "switch",
                R"(,"evaluatorType":"value-param","expression":"x",)"
                R"("inputParameters":{"x":"${workflow.input.x}"},)"
                R"("decisionCases":{"0":[)"
                    + list(depth - 1, 1) + R"(]},"defaultCase":[)"
                    + list(depth - 1, 2) + "]");
  }

  std::string loop(int depth) {
    auto body = list(depth - 1, 2);
    auto type = below(2) ? "DO_WHILE" : "FOR_EACH";
    auto more = below(2) ? R"(,"inputParameters":{"maxParallel":2,)"
                           R"("keepLastN":1})"
                         : "";
    return task(type, reference(), "loop",
                R"(,"items":"[\"x\",\"y\",\"z\"]","loopOver":[)" + body + "]"
                    + more);
  }

  std::string wait() {
    return task("WAIT", reference(), "wait",
                R"(,"inputParameters":{"duration":")"
                    + std::to_string(1 + below(20)) + R"( seconds"})");
  }

  std::string event() {
    return task("EVENT", reference(), "event",
                R"(,"sink":"amqp:q)" + std::to_string(below(2)) + "\"");
  }

  std::string one(int depth) {
    if (below(10) == 0)
      return event();
    switch (below(depth > 1 ? 9 : 4)) {
      case 0:
        return wait();
      case 1:
      case 2:
      case 3:
        return worker();
      case 4:
        return fork(depth);
      case 5:
        return branch(depth);
      case 6:
        return child("leaf");
      case 7:
        return loop(depth);
      default:
        return depth > 2 ? child("middle") : worker();
    }
  }

  std::string list(int depth, uint64_t length) {
    std::string out;
    for (uint64_t i = 0, n = 1 + below(length); i < n; ++i)
      out += (i ? "," : "") + one(depth);
    return out;
  }

  std::mt19937_64 random_;
  int next_ = 0;
};

} // namespace tutti::test
