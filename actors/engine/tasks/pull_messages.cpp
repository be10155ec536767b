#include "actors/engine/features/inbox.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/views/explain.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace tutti::engine {

namespace pull_messages_detail {

using nlohmann::json;

size_t batch_of(const payload& input, size_t most) {
  int64_t out = 1;
  if (auto* x = json_member(input.json(), "batchSize")) {
    if (x->is_number())
      out = int64_t(std::clamp(x->get<double>(), 0.0, 1e9));
    else if (x->is_string()) {
      auto& text = x->get_ref<const std::string&>();
      std::from_chars(text.data(), text.data() + text.size(), out);
    }
  }
  return std::clamp<size_t>(size_t(std::max<int64_t>(out, 1)), 1, most);
}

bool blocks(const payload& input) {
  auto* x = json_member(input.json(), "blocking");
  if (!x)
    return true;
  if (x->is_string())
    return x->get_ref<const std::string&>() != "false";
  return !x->is_boolean() || x->get<bool>();
}

/// Takes messages out of the execution's inbox
/// (reference:pull-workflow-messages). A waiting row ends when a message is
/// pushed.
class pull_messages final : public task_kind {
 public:
  pull_messages() : task_kind({.awaits = awaited::message}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    t.execute_later(add_in_progress(t, where, "PULL_WORKFLOW_MESSAGES"));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto& bounds = t.context().bounds;
    if (!bounds.messages_enabled)
      return t.finish_row(i, task_status::failed_with_terminal_error, {},
                          "workflow message queues are switched off on this "
                          "node (messages.enabled)");
    drop_expired_messages(t);
    auto& inbox = t.head().inbox;
    auto count = std::min(inbox.size(),
                          batch_of(t.row(i).input, bounds.message_batch_max));
    if (count == 0 && blocks(t.row(i).input)) {
      if (t.row(i).status == task_status::scheduled)
        begin(t, i);
      return;
    }
    auto messages = json::array();
    size_t bytes = 0;
    for (size_t k = 0; k < count; ++k) {
      // The others wait for the next task: an output has a limit.
      bytes += inbox[k].content.text().size() + 200;
      if (k > 0 && bytes > bounds.task_output_bytes_max) {
        count = k;
        break;
      }
      messages.push_back(to_json(inbox[k], t.head().workflow_id));
    }
    if (count > 0)
      t.emit(inbox_changed{int32_t(count), {}});
    t.finish_row(
        i, task_status::completed,
        payload(json{{"messages", std::move(messages)}, {"count", count}}));
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    execute(t, i);
  }

  void explain(nlohmann::json& out, const state&, const task&) const override {
    say(out, "MESSAGE",
        "waits for a message to the execution "
        "(POST /workflow/{id}/messages)");
  }

 private:
  /// An attempt that waits for its retry delay.
  static void begin(decision_builder& t, decision_builder::row_index i) {
    auto change = t.edit(i);
    change.status = task_status::in_progress;
    change.start_time = change.update_time = t.now();
    change.due_at = 0;
    t.emit(std::move(change));
  }
};

} // namespace pull_messages_detail

const task_kind& pull_messages_kind() {
  static const pull_messages_detail::pull_messages kind;
  return kind;
}

} // namespace tutti::engine
