#include "actors/engine/decision/weights.hpp"
#include "actors/engine/dry_run/virtual_node.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/ids.hpp"
#include "storage/records.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/seeds.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <stdexcept>

using namespace tutti;
using nlohmann::json;

namespace budget_test {

/// Random choices from one seed.
class dice {
 public:
  explicit dice(uint64_t seed) : random_(seed) {}
  size_t below(size_t n) { return size_t(random_() % n); }
  bool one_in(size_t n) { return below(n) == 0; }
  /// 1 to `most`; each order of magnitude is as likely as the next.
  size_t heavy_tailed(size_t most) {
    auto digits = std::uniform_real_distribution<double>(
        0, std::log(double(most)))(random_);
    return std::max<size_t>(1, size_t(std::exp(digits)));
  }

 private:
  std::mt19937_64 random_;
};

/// A document of about that size. Those of a size are one and the same.
payload document(size_t bytes) {
  static std::map<size_t, payload> made;
  size_t size = 1;
  while (size < bytes)
    size *= 4;
  auto [it, is_new] = made.try_emplace(size);
  if (is_new) {
    auto list = json::array();
    for (size_t i = 0; i < std::min<size_t>(size / 8 + 1, 64); ++i)
      list.push_back(i);
    auto text = json{{"x", std::string(size, 'a')}, {"list", list}}.dump();
    it->second = payload::trusted(std::move(text));
  }
  return it->second;
}

struct ports final : engine::id_source,
                     definition_source,
                     engine::domain_activity,
                     engine::environment {
  std::string workflow_id() override {
    ++counter;
    return make_workflow_id(counter * 0x9e3779b97f4a7c15ull, counter);
  }
  std::string task_id(std::string_view workflow_id) override {
    return make_task_id(workflow_id, ++counter);
  }
  uint64_t random(uint64_t below) override { return ++counter % below; }
  workflow_def_pointer find_workflow(std::string_view name,
                                     std::optional<int32_t>) const override {
    return name == "w" ? definition : nullptr;
  }
  task_def_pointer find_task(std::string_view) const override { return task; }
  bool active(std::string_view, std::string_view) const override {
    return false;
  }
  std::optional<std::string> system_name(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> variable(std::string_view) const override {
    return std::nullopt;
  }

  workflow_def_pointer definition;
  task_def_pointer task;
  uint64_t counter = 0;
};

/// Writes a random definition.
class writer {
 public:
  explicit writer(dice& random) : dice_(random) {}

  std::string definition() {
    auto out = test::workflow_of(list(3, 3), more());
    return out;
  }

 private:
  std::string more() {
    std::string out;
    if (dice_.one_in(3))
      out += R"(,"outputParameters":)" + inputs();
    if (dice_.one_in(3))
      out += R"(,"failureWorkflow":"w")";
    return out;
  }

  std::string list(size_t depth, size_t length) {
    std::string out;
    for (size_t n = 1 + dice_.below(length); n > 0; --n)
      out += (out.empty() ? "" : ",") + task(depth);
    return out;
  }

  std::string value() {
    std::vector<std::string> all{"${workflow.input}", "${workflow.input.x}",
                                 "${workflow.variables}", "text"};
    if (!names_.empty()) {
      auto& name = names_[dice_.below(names_.size())];
      all.push_back("${" + name + ".output}");
      all.push_back("${" + name + ".input}+${workflow.input.x}");
    }
    return all[dice_.below(all.size())];
  }

  std::string inputs(const json& fixed = json::object()) {
    auto out = fixed;
    for (auto n = dice_.heavy_tailed(30); n > 1; --n)
      out["p" + std::to_string(n)] = value();
    return out.dump();
  }

  std::string head(const char* type) {
    auto name = "t" + std::to_string(++count_);
    names_.push_back(name);
    std::string out = std::string(R"({"type":")") + type
                      + R"(","name":"t","taskReferenceName":")" + name + '"';
    if (dice_.one_in(8))
      out += R"(,"optional":true)";
    if (dice_.one_in(10))
      out += R"(,"onStateChange":{"onScheduled":[{"type":"conductor:q",)"
             R"("payload":)"
             + inputs() + "}]}";
    return out;
  }

  std::string task(size_t depth) {
    switch (depth == 0 ? dice_.below(6) : dice_.below(12)) {
      case 0:
      case 1:
        return head("SIMPLE") + R"(,"inputParameters":)" + inputs() + "}";
      case 2:
        return head("NOOP") + R"(,"inputParameters":)" + inputs() + "}";
      case 3:
        return head("SET_VARIABLE") + R"(,"inputParameters":)" + inputs() + "}";
      case 4:
        return head("EVENT") + R"(,"sink":"conductor:q","inputParameters":)"
               + inputs() + "}";
      case 5:
        return head("PULL_WORKFLOW_MESSAGES") + R"(,"inputParameters":)"
               + inputs({{"batchSize", 50}, {"blocking", false}}) + "}";
      case 6:
        return head("SUB_WORKFLOW")
               + R"(,"subWorkflowParam":{"name":"w"},"inputParameters":)"
               + inputs() + "}";
      case 7:
        return head("START_WORKFLOW") + R"(,"inputParameters":)"
               + inputs({{"startWorkflow",
                          {{"name", "w"}, {"input", "${workflow.input}"}}}})
               + "}";
      case 8: {
        auto items = json(std::vector<int>(dice_.heavy_tailed(300), 1));
        auto out = head(dice_.one_in(2) ? "FOR_EACH" : "DO_WHILE");
        json fixed{{"_items", items}, {"maxParallel", 5}};
        if (dice_.one_in(2))
          fixed["keepLastN"] = 1;
        return out + R"(,"inputParameters":)" + fixed.dump()
               + R"(,"loopOver":[)" + list(depth - 1, 2) + "]}";
      }
      case 9: {
        auto out = head("FORK_JOIN");
        std::string branches, names;
        for (auto n = dice_.heavy_tailed(40); n > 0; --n) {
          branches += (branches.empty() ? "[" : ",[") + task(0) + "]";
          names += (names.empty() ? "\"" : ",\"") + names_.back() + '"';
        }
        return out + R"(,"forkTasks":[)" + branches + "]}," + head("JOIN")
               + R"(,"joinOn":[)" + names + "]}";
      }
      case 10: {
        // The branches are written into the definition.
        auto many = dice_.one_in(20) ? 50'000 : 300;
        json branches = json::array();
        for (auto n = dice_.heavy_tailed(size_t(many)); n > 0; --n)
          branches.push_back({{"a", n}});
        json fixed{{"forkTaskInputs", branches},
                   {"forkTaskName", "t"},
                   {"forkTaskType", dice_.one_in(2) ? "NOOP" : "SIMPLE"}};
        return head("FORK_JOIN_DYNAMIC") + R"(,"inputParameters":)"
               + inputs(fixed) + "}," + head("JOIN") + "}";
      }
      default:
        return head("SCOPE") + R"(,"loopOver":[)" + list(depth - 1, 2)
               + R"(],"onError":[{"then":"CONTINUE"}]})";
    }
  }

  dice& dice_;
  std::vector<std::string> names_;
  size_t count_ = 0;
};

/// One definition, driven by random workers, messages and operators.
class trial {
 public:
  explicit trial(uint64_t seed)
      : dice_(seed),
        node_({ports_, ports_, ports_, ports_, engine::no_scripts()}, rules_,
              1'700'000'000'000) {
    if (!dice_.one_in(8)) { // as configured by somebody
      rules_.task_input_bytes_max = 100 + dice_.heavy_tailed(10 << 20);
      rules_.task_output_bytes_max = 100 + dice_.heavy_tailed(10 << 20);
      rules_.workflow_output_bytes_max = 100 + dice_.heavy_tailed(10 << 20);
      rules_.execution_bytes_max = 1 + dice_.heavy_tailed(256 << 20);
      rules_.decision_bytes_max = 1 + dice_.heavy_tailed(32 << 20);
      rules_.commit_bytes_max = (16 << 20) + dice_.heavy_tailed(256 << 20);
      rules_.history_bytes_max = 1 + dice_.heavy_tailed(512 << 20);
    }
    rules_.depth_max = 4;
    node_.bounds.executions = 30;
    node_.bounds.decisions = 500;
    node_.bounds.rows = 60'000;
    node_.bounds.bytes = size_t(300) << 20;
    node_.on_decision
        = [this](const std::string& id, const auto& part) { check(id, part); };
    task_def def;
    def.name = "t";
    def.retry_count = int32_t(dice_.below(2));
    def.retry_delay_seconds = 0;
    ports_.task = std::make_shared<const task_def>(def);
  }

  void run() {
    text_ = writer(dice_).definition();
    auto read = to_workflow_def(*parse_json(text_, 1000));
    if (!read)
      throw std::runtime_error(read.failure().message + text_);
    ports_.definition = std::make_shared<const workflow_def>(std::move(*read));
    start_workflow_request request;
    request.name = "w";
    request.input = document(dice_.heavy_tailed(64 << 20));
    // The gateway refuses it.
    if (request.input->text().size() > rules_.workflow_input_bytes_max)
      request.input = document(rules_.workflow_input_bytes_max / 4);
    (void)node_.start(request);
    for (int i = 0; i < 40 && node_.stopped().empty(); ++i)
      act();
    for (auto id : node_.executions())
      if (!is_terminal(node_.find(id)->head().status)
          && node_.stopped().empty()) {
        node_.tell(id, command::terminate{"enough"});
        if (node_.stopped().empty())
          CHECK(is_terminal(node_.find(id)->head().status));
      }
  }

  uint64_t largest() const { return largest_; }

 private:
  const engine::state& someone() {
    auto& all = node_.executions();
    return *node_.find(all[dice_.below(all.size())]);
  }

  void act() {
    if (node_.executions().empty())
      return;
    auto& who = someone();
    auto id = who.head().workflow_id;
    switch (dice_.below(12)) {
      case 0:
        node_.tell(
            id, command::push_message{document(dice_.heavy_tailed(64 << 20))});
        return;
      case 1:
        node_.tell(id, command::retry{});
        return;
      case 2: {
        if (who.rows().empty())
          return;
        command::rerun again;
        again.request.from_task_id = (*who.rows().begin()).task_id;
        if (dice_.one_in(2))
          again.request.task_input = document(dice_.heavy_tailed(64 << 20));
        node_.tell(id, again);
        return;
      }
      case 3: {
        command::update_by_reference what;
        for (auto& row : who.rows())
          if (!is_terminal(row.status))
            what.reference_name = row.reference_name;
        what.output = document(dice_.heavy_tailed(64 << 20));
        node_.tell(id, what);
        return;
      }
      default:
        break;
    }
    task_result result;
    result.task_id = node_.poll("t", "worker");
    if (result.task_id.empty())
      return;
    auto* owner = node_.owner_of(result.task_id);
    if (!owner)
      return;
    result.workflow_id = owner->head().workflow_id;
    result.status
        = dice_.one_in(10) ? task_status::failed : task_status::completed;
    result.reason = std::string(dice_.heavy_tailed(1 << 20), 'r');
    result.output = document(dice_.heavy_tailed(64 << 20));
    node_.tell(owner->head().workflow_id,
               command::update_task{std::move(result)});
  }

  void check(const std::string& id, const engine::decision& part) {
    auto& execution = *node_.find(id);
    auto& before = history_[id];
    auto bytes = execution.history_bytes() - before;
    before = execution.history_bytes();
    for (auto& x : part.effects)
      bytes += engine::weight_of(x);
    largest_ = std::max(largest_, bytes);
    bool fits = bytes <= rules_.commit_bytes_max;
    // What the client's start brought is not the engine's to refuse, and the
    // end of an execution has a reserve: its output and its reason.
    auto reserve = rules_.workflow_output_bytes_max + (1 << 20)
                   + execution.head().input.text().size()
                   + 1'000 * execution.rows().count();
    bool holds = execution.bytes() <= rules_.execution_bytes_max + reserve;
    if (!fits || !holds)
      MESSAGE(id << ": a part of " << bytes << " bytes, of "
                 << rules_.commit_bytes_max << "; it holds "
                 << execution.bytes() << " of " << rules_.execution_bytes_max
                 << "\n"
                 << text_.substr(0, 2'000));
    REQUIRE(fits);
    REQUIRE(holds);
    for (auto& e : part.events)
      if (auto* added = std::get_if<task_added>(&e)) {
        REQUIRE(added->row->input.text().size() <= rules_.task_input_bytes_max);
        REQUIRE(added->row->output.text().size()
                <= rules_.task_output_bytes_max);
      } else if (auto* change = event_as<task_changed>(e);
                 change && change->output) {
        REQUIRE(change->output->text().size() <= rules_.task_output_bytes_max);
      }
  }

  dice dice_;
  engine::limits rules_;
  ports ports_;
  engine::dry_run::virtual_node node_;
  std::map<std::string, uint64_t> history_;
  std::string text_;
  uint64_t largest_ = 0;
};

TEST_CASE("no random definition with random sizes makes a decision larger than "
          "the bound [A1, A2, A3]") {
  uint64_t largest = 0;
  test::for_each_seed(1, 2'000, [&](uint64_t seed) {
    trial one(seed);
    one.run();
    largest = std::max(largest, one.largest());
  });
  MESSAGE("the largest had " << largest << " bytes");
}

TEST_CASE("a record is no larger than its weight") {
  auto kept = std::make_shared<const storage::kept_definition>(
      std::make_shared<const workflow_def>());
  auto record_of = [&](event e) {
    storage::revision_codec codec;
    revision next{1, 1, {}, {}};
    next.events.push_back(std::move(e));
    return codec
        .write(next,
               [&](const workflow_def_pointer&) {
                 return storage::revision_codec::definition_use{kept, false};
               })
        ->size();
  };
  test::for_each_seed(1, 300, [&](uint64_t seed) {
    dice random(seed);
    auto text = [&] { return std::string(random.heavy_tailed(100'000), 'x'); };
    task row;
    row.task_id = row.reference_name = row.reason = text();
    row.worker_id = row.domain = row.parent_task_id = text();
    row.input = row.output = document(random.heavy_tailed(100'000));
    row.scheduled_time = row.start_time = row.end_time = row.update_time
        = row.first_scheduled_time = row.first_start_time = row.queued_at
        = row.due_at = int64_t(1) << 60;
    workflow_task own;
    own.name = own.reference_name = text();
    own.input_parameters = document(random.heavy_tailed(100'000));
    row.definition = std::make_shared<const workflow_task>(own);
    CHECK(record_of(task_added{row})
          <= engine::weight_of(row) + engine::weight_of(own));
    task_changed change;
    change.task_id = text();
    change.output = change.input = document(random.heavy_tailed(100'000));
    change.reason = change.worker_id = text();
    change.status = task_status::failed;
    change.end_time = change.update_time = change.start_time = change.queued_at
        = change.due_at = int64_t(1) << 60;
    CHECK(record_of(change) <= engine::weight_of(change));
    workflow_changed head;
    head.output = head.variables = document(random.heavy_tailed(100'000));
    head.reason = text();
    head.failed_task_names = std::vector<std::string>(20, text());
    CHECK(record_of(head) <= engine::weight_of(head));
    inbox_changed inbox{1, {{text(), document(random.heavy_tailed(9'999)), 5}}};
    CHECK(record_of(inbox) <= engine::weight_of(inbox));
    tasks_removed gone{std::vector<std::string>(50, text().substr(0, 40))};
    CHECK(record_of(gone) <= engine::weight_of(gone));
  });
}

} // namespace budget_test
