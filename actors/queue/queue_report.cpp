#include "actors/limits/limit_report.hpp"
#include "actors/queue/queue_actor.hpp"
#include "messages/model/json_writer.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

// What operators see of a queue. Read on request, counted nowhere else.

namespace tutti {

namespace queue_report_detail {

constexpr size_t holders_shown = 10;
/// Counting further would read the whole backlog for one number.
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

/// What the actor knows; a reader adds the rest.
struct sight {
  queue_context_pointer context;
  std::string queue;
  size_t size = 0, ready = 0, delayed = 0, handed_out = 0, polls = 0;
};

sight look_at(const queue_state& x) {
  auto& window = *x.window;
  return {x.context,      x.queue,          window.size(),
          window.ready(), window.delayed(), window.handed_out(),
          x.parked.size()};
}

void write_polls(json_object_writer& json, const sight& seen) {
  json.number("polls", int64_t(seen.polls));
  auto& polls = seen.context->polls;
  auto name = parts_of(seen.queue);
  auto last = polls ? polls->of(name.type, name.domain) : std::nullopt;
  if (!last)
    return;
  json.number("lastPollTime", last->last_poll_time);
  json.text_if("lastPollWorkerId", last->worker_id);
}

using limit_groups = std::vector<ready_list::limit>;

result<document> render_details(const storage::store& from, const sight& seen,
                                const limit_groups& groups) {
  document out;
  auto name = parts_of(seen.queue);
  json_object_writer json(out.text);
  json.text("queue", seen.queue);
  json.text("taskType", name.type);
  json.text_if("domain", name.domain);
  json.number("size", int64_t(seen.size));
  json.number("ready", int64_t(seen.ready));
  json.number("delayed", int64_t(seen.delayed));
  json.number("handedOut", int64_t(seen.handed_out));
  write_polls(json, seen);
  if (auto& limits = seen.context->limits) {
    auto& list = json.key("limits");
    list += '[';
    for (auto& x : groups) {
      if (list.back() != '[')
        list += ',';
      auto limit = limits->look(from, x.definition, x.own, holders_shown);
      if (!limit)
        return std::move(limit).failure();
      write(list, *limit, x.waiting && (x.blocked || exhausted(*limit)));
    }
    list += ']';
  }
  json.close();
  return out;
}

using standings = std::vector<std::pair<waiting_task, queue_window::standing>>;

result<document> render_places(const storage::store& from, const sight& seen,
                               const standings& tasks) {
  using section = queue_window::standing::section;
  document out;
  json_object_writer json(out.text);
  json.text("queue", seen.queue);
  json.number("size", int64_t(seen.size));
  write_polls(json, seen);
  if (seen.context->limits) {
    auto type = parts_of(seen.queue).type;
    auto held = seen.context->limits->look(from, type, {}, 0);
    if (!held)
      return std::move(held).failure();
    json.number("inProgress", int64_t(held->in_progress));
  }
  auto& list = json.key("tasks");
  list += '[';
  for (auto& [task, standing] : tasks) {
    if (list.back() != '[')
      list += ',';
    auto position = result<size_t>(standing.position);
    if (standing.where == section::outside)
      position = seen.context->rows->position(from, task, position_max);
    if (!position)
      return std::move(position).failure();
    json_object_writer row(list);
    row.text("taskId", task.task_id);
    row.text("place", to_text(standing.where));
    row.number("position", int64_t(*position));
    auto& limits = seen.context->limits;
    if (limits && !task.limited_by.empty()) {
      auto limit
          = limits->look(from, task.limited_by, task.own_limit, holders_shown);
      if (!limit)
        return std::move(limit).failure();
      bool holds_up = standing.blocked || exhausted(*limit);
      if (!holds_up)
        limit->holders.clear();
      write(row.key("limit"), *limit, holds_up);
    }
    row.close();
  }
  list += ']';
  json.close();
  return out;
}

} // namespace queue_report_detail

result<document> describe_idle(const storage::store& from,
                               const queue_context_pointer& context,
                               const std::string& queue) {
  using namespace queue_report_detail;
  sight seen;
  seen.context = context;
  seen.queue = queue;
  return render_details(from, seen, {{parts_of(queue).type}});
}

void queue_state::describe(const reply<document>& done) {
  using namespace queue_report_detail;
  // Rows that have become visible count as ready.
  when_read([this, done] {
    auto type = parts_of(queue).type;
    auto groups = window->limits();
    auto same = [&](auto& x) { return x.definition == type; };
    if (std::ranges::none_of(groups, same))
      groups.push_back({type});
    auto work = [seen = look_at(*this),
                 groups = std::move(groups)](const storage::store& from) {
      return render_details(from, seen, groups);
    };
    storage::read<document>(*context->readers, std::move(work), done);
  });
}

void queue_state::locate(const envelope<locate_in_queue>& x) {
  using namespace queue_report_detail;
  when_read([this, x] {
    standings found;
    for (auto& task : x.request.tasks)
      found.emplace_back(task, window->find(task));
    auto work = [seen = look_at(*this),
                 found = std::move(found)](const storage::store& from) {
      return render_places(from, seen, found);
    };
    storage::read<document>(*context->readers, std::move(work), x.done);
  });
}

} // namespace tutti
