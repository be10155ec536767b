#include "actors/schedules/schedule_view.hpp"

#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"
#include "messages/model/schedules/schedule_codec.hpp"

#include <algorithm>

namespace tutti {

namespace schedule_view_detail {

constexpr size_t next_told = 5;

/// `*` stands for any text.
bool like(std::string_view pattern, std::string_view text) {
  auto star = pattern.find('*');
  if (star == pattern.npos)
    return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star))
    return false;
  auto rest = pattern.substr(star + 1);
  if (rest.find('*') == rest.npos)
    return text.size() >= star + rest.size()
           && text.substr(text.size() - rest.size()) == rest;
  auto next = rest.substr(0, rest.find('*'));
  auto at = text.find(next, star);
  return at != text.npos && like(rest, text.substr(at));
}

std::string digits(int64_t x) {
  auto text = std::to_string(std::max<int64_t>(x, 0));
  return std::string(20 - text.size(), '0') + text;
}

bool holds(std::string_view text, std::string_view part) {
  return part.empty() || part == "*" || text.find(part) != text.npos;
}

struct field {
  std::string text;
  std::optional<int64_t> number;
};

field field_of(const firing& x, std::string_view name) {
  if (name == "scheduledTime")
    return {{}, x.scheduled_time};
  if (name == "executionTime")
    return {{}, x.execution_time};
  if (name == "scheduleName")
    return {x.schedule, {}};
  if (name == "workflowName")
    return {x.workflow_name, {}};
  if (name == "workflowId")
    return {x.workflow_id, {}};
  if (name == "executionId")
    return {x.execution_id, {}};
  if (name == "state")
    return {std::string(to_text(state_of(x.outcome))), {}};
  if (name == "outcome")
    return {std::string(to_text(x.outcome)), {}};
  return {std::string(to_text(x.cause)), {}};
}

bool compare(firing_condition::relation how, int sign) {
  using relation = firing_condition::relation;
  switch (how) {
    case relation::is:
      return sign == 0;
    case relation::is_not:
      return sign != 0;
    case relation::less:
      return sign < 0;
    case relation::at_most:
      return sign <= 0;
    case relation::more:
      return sign > 0;
    case relation::at_least:
      return sign >= 0;
  }
  return false;
}

bool fits(const firing_condition& what, const field& x) {
  using relation = firing_condition::relation;
  auto one = [&](const std::string& value) {
    if (x.number) {
      // The reader of the query lets nothing but numbers pass.
      auto other = std::strtoll(value.c_str(), nullptr, 10);
      return compare(what.how, *x.number < other ? -1 : *x.number > other);
    }
    if (what.how == relation::is || what.how == relation::is_not)
      return like(value, x.text) == (what.how == relation::is);
    return compare(what.how, x.text.compare(value));
  };
  return what.how == relation::is_not ? std::ranges::all_of(what.values, one)
                                      : std::ranges::any_of(what.values, one);
}

bool has_tag(const schedule_def& x, std::string_view wanted) {
  return std::ranges::any_of(x.tags, [&](const tag& one) {
    return wanted == one.key || wanted == one.key + ':' + one.value;
  });
}

} // namespace schedule_view_detail

std::string render(const active_schedule& x, int64_t now) {
  std::string out;
  json_object_writer json(out);
  write_members_of(json, x.what());
  if (auto next = x.next_instant(); next != active_schedule::never) {
    json.number("nextRunTime", next);
    auto& list = json.key("nextRunTimes");
    list += '[';
    for (auto time : x.times().next_few(std::max(now, x.state().cursor),
                                        schedule_view_detail::next_told)) {
      if (list.back() != '[')
        list += ',';
      write_number(list, time);
    }
    list += ']';
  }
  auto& state = x.state();
  json.number("firedCount", state.fired);
  json.number("failedCount", state.failed);
  json.number("missedCount", state.missed);
  json.number("skippedCount", state.skipped);
  if (!state.backfill.empty())
    json.number("backfillPending", int64_t(state.backfill.size()));
  if (!state.running.empty()) {
    auto& list = json.key("runningWorkflowIds");
    list += '[';
    for (auto& id : state.running) {
      if (list.back() != '[')
        list += ',';
      write_string(list, id);
    }
    list += ']';
  }
  if (state.last)
    write(json.key("lastRun"), *state.last, nullptr);
  json.close();
  return out;
}

bool fits(const list_schedules& ask, const active_schedule& x) {
  using namespace schedule_view_detail;
  auto& what = x.what();
  return (ask.workflow_name.empty() || ask.workflow_name == what.start.name)
         && (ask.schedule_name.empty() || like(ask.schedule_name, what.name)
             || what.name.find(ask.schedule_name) != std::string::npos)
         && (!ask.paused || *ask.paused == what.paused)
         && (ask.tag.empty() || has_tag(what, ask.tag))
         && (holds(what.name, ask.free_text)
             || holds(what.description, ask.free_text)
             || holds(what.start.name, ask.free_text));
}

bool fits(const search_firings& ask, const firing& x) {
  using namespace schedule_view_detail;
  for (auto& one : ask.where)
    if (!fits(one, field_of(x, one.field)))
      return false;
  if (ask.free_text.empty() || ask.free_text == "*")
    return true;
  for (auto* text : {&x.schedule, &x.workflow_name, &x.workflow_id,
                     &x.execution_id, &x.reason})
    if (holds(*text, ask.free_text))
      return true;
  return false;
}

std::string sort_key(std::string_view field, const active_schedule& x) {
  using schedule_view_detail::digits;
  auto& what = x.what();
  auto after = '\0' + what.name;
  if (field == "createTime")
    return digits(what.create_time) + after;
  if (field == "updatedTime")
    return digits(what.updated_time) + after;
  if (field == "nextRunTime")
    return digits(x.next_instant()) + after;
  if (field == "workflowName")
    return what.start.name + after;
  return what.name;
}

std::string sort_key(std::string_view field, const firing& x) {
  using namespace schedule_view_detail;
  auto what = field_of(x, field.empty() ? "scheduledTime" : field);
  auto key = what.number ? digits(*what.number) : what.text;
  return key + '\0' + digits(x.scheduled_time) + x.execution_id;
}

void sort_and_cut(std::vector<sorted_document>& items, bool descending,
                  size_t most) {
  auto before = [&](const sorted_document& a, const sorted_document& b) {
    return descending ? b.key < a.key : a.key < b.key;
  };
  if (items.size() > most) {
    std::ranges::partial_sort(items, items.begin() + std::ptrdiff_t(most),
                              before);
    items.resize(most);
    return;
  }
  std::ranges::sort(items, before);
}

} // namespace tutti
