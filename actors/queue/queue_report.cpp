#include "actors/limits/limit_report.hpp"
#include "actors/queue/queue_actor.hpp"
#include "messages/model/json_writer.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

// What operators are shown of one queue. Looked up when asked for, counted
// nowhere else.

namespace tutti {

namespace queue_report_detail {

constexpr size_t holders_shown = 10;
/// Counting on would read the whole backlog for one number.
constexpr size_t position_max = 10'000;

struct parts {
  std::string domain, type;
};

parts parts_of(std::string_view queue) {
  auto colon = queue.find(':');
  if (colon == queue.npos)
    return {{}, std::string(queue)};
  return {std::string(queue.substr(0, colon)),
          std::string(queue.substr(colon + 1))};
}

void write_polls(json_object_writer& json, const parts& name,
                 const parked_polls& parked, const poll_registry* board) {
  json.number("polls", int64_t(parked.size()));
  auto last = board ? board->of(name.type, name.domain) : std::nullopt;
  if (!last)
    return;
  json.number("lastPollTime", last->last_poll_time);
  json.text_if("lastPollWorkerId", last->worker_id);
}

std::string_view to_text(queue_window::standing::section x) {
  switch (x) {
    case queue_window::standing::section::outside:
      return "BEHIND_WINDOW";
    case queue_window::standing::section::ready:
      return "READY";
    case queue_window::standing::section::delayed:
      return "DELAYED";
    case queue_window::standing::section::handed_out:
      return "HANDED_OUT";
  }
  return "";
}

} // namespace queue_report_detail

document queue_state::describe() {
  using namespace queue_report_detail;
  has_ready(); // what became visible counts as ready
  auto name = parts_of(queue);
  document out;
  json_object_writer json(out.text);
  json.text("queue", queue);
  json.text("taskType", name.type);
  json.text_if("domain", name.domain);
  json.number("size", int64_t(window->size()));
  json.number("ready", int64_t(window->ready()));
  json.number("delayed", int64_t(window->delayed()));
  json.number("handedOut", int64_t(window->handed_out()));
  write_polls(json, name, parked, context->polls.get());
  if (context->limits) {
    auto groups = window->limits();
    auto same = [&](auto& x) { return x.definition == name.type; };
    if (std::ranges::none_of(groups, same))
      groups.push_back({name.type});
    auto& list = json.key("limits");
    list += '[';
    for (auto& x : groups) {
      if (list.back() != '[')
        list += ',';
      auto limit = context->limits->look(x.definition, x.own, holders_shown);
      write(list, limit, x.waiting && (x.blocked || exhausted(limit)));
    }
    list += ']';
  }
  json.close();
  return out;
}

document queue_state::locate(const locate_in_queue& x) {
  using namespace queue_report_detail;
  has_ready();
  document out;
  json_object_writer json(out.text);
  json.text("queue", queue);
  json.number("size", int64_t(window->size()));
  write_polls(json, parts_of(queue), parked, context->polls.get());
  auto& list = json.key("tasks");
  list += '[';
  for (auto& task : x.tasks) {
    if (list.back() != '[')
      list += ',';
    auto standing = window->find(task);
    if (standing.where == queue_window::standing::section::outside)
      standing.position = context->rows->position(task, position_max);
    json_object_writer row(list);
    row.text("taskId", task.task_id);
    row.text("place", to_text(standing.where));
    row.number("position", int64_t(standing.position));
    if (context->limits && !task.limited_by.empty()) {
      auto limit = context->limits->look(task.limited_by, task.own_limit,
                                         holders_shown);
      bool holds_up = standing.blocked || exhausted(limit);
      if (!holds_up)
        limit.holders.clear();
      write(row.key("limit"), limit, holds_up);
    }
    row.close();
  }
  list += ']';
  json.close();
  return out;
}

} // namespace tutti
