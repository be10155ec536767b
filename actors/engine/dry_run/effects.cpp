#include "actors/engine/dry_run/virtual_node.hpp"

// What each effect does to a world. A new effect of the engine needs a `run`
// here; it does not compile before.

namespace tutti::engine::rehearsal {

void world::run_effects(const std::string& id, const decision& d) {
  for (auto& effect : d.effects)
    std::visit([&](auto& x) { run(id, x); }, effect);
}

void world::run(const std::string& id, const offer_task& x) {
  queues_.offer(x.row, id);
}

void world::run(const std::string&, const withdraw_task& x) {
  queues_.withdraw(x.row);
}

void world::run(const std::string&, const send_letter& x) {
  letters_.push_back(*x.what);
}

void world::run(const std::string&, const append_logs& x) {
  for (auto line : x.logs) {
    line.task_id = x.task_id;
    append_log(std::move(line));
  }
}

void world::run(const std::string&, const publish_message& x) {
  published_[x.queue][x.id] = x.content;
}

void world::run(const std::string&, const retract_message& x) {
  published_[x.queue].erase(x.id);
}
// A rehearsal's workers come one at a time: no limit is counted there.
void world::run(const std::string&, const take_lease&) {}
void world::run(const std::string&, const end_lease&) {}

void world::run(const std::string&, const keep_output& x) { outputs_.keep(x); }

} // namespace tutti::engine::rehearsal
