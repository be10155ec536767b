#include "actors/engine/dry_run/virtual_node.hpp"

// What each effect does on a virtual node. Without a `run` for it a new effect
// does not compile.

namespace tutti::engine::dry_run {

void virtual_node::run_effects(const std::string& id, const decision& d) {
  for (auto& effect : d.effects)
    std::visit([&](auto& x) { run(id, x); }, effect);
}

void virtual_node::run(const std::string& id, const offer_task& x) {
  queues_.offer(x.row, id);
}

void virtual_node::run(const std::string&, const withdraw_task& x) {
  queues_.withdraw(x.row);
}

void virtual_node::run(const std::string&, const send_outbox_message& x) {
  outbox_messages_.push_back(*x.what);
}

void virtual_node::run(const std::string&, const append_logs& x) {
  for (auto line : x.logs) {
    line.task_id = x.task_id;
    append_log(std::move(line));
  }
}

void virtual_node::run(const std::string&, const publish_message& x) {
  if (x.provider.empty())
    published_[x.queue][x.id] = x.content;
}

void virtual_node::run(const std::string&, const retract_message& x) {
  published_[x.queue].erase(x.id);
}
// A dry run's workers come one at a time: limits are not counted.
void virtual_node::run(const std::string&, const take_lease&) {}
void virtual_node::run(const std::string&, const end_lease&) {}

void virtual_node::run(const std::string&, const cache_output& x) {
  outputs_.insert(x);
}

} // namespace tutti::engine::dry_run
