#include "messages/model/event_handler.hpp"
#include "messages/model/codec_read.hpp"
#include "messages/model/codec_write.hpp"
#include "messages/model/json_text.hpp"

#include <algorithm>
#include <array>

namespace tutti {

template <class Visit>
bool members_of(const event_action*, Visit& visit) {
  using x = event_action;
  return visit("action", &x::action)
         || visit("expandInlineJSON", &x::expand_inline_json)
         || visit("start_workflow", &x::start_workflow)
         || visit("complete_task", &x::complete_task)
         || visit("fail_task", &x::fail_task)
         || visit("terminate_workflow", &x::terminate_workflow)
         || visit("update_workflow_variables", &x::update_workflow_variables)
         || visit("start_agent", &x::start_agent);
}

template <class Visit>
bool members_of(const event_handler*, Visit& visit) {
  using x = event_handler;
  return visit("name", &x::name) || visit("event", &x::event)
         || visit("condition", &x::condition)
         || visit("evaluatorType", &x::evaluator_type)
         || visit("actions", &x::actions) || visit("active", &x::active);
}

namespace codec_event_handler_detail {

template <class T>
result<std::vector<T>> read_one_or_many(std::string_view text,
                                        const std::string& what,
                                        violations* unknown) {
  if (begins_list(text))
    return read_body<std::vector<T>>(text, "list of " + what + "s", unknown);
  auto one = read_body<T>(text, what, unknown);
  if (!one)
    return std::move(one).failure();
  std::vector<T> out;
  out.push_back(std::move(*one));
  return out;
}

constexpr std::array<std::string_view, 6> actions{
    "start_workflow",     "complete_task", "fail_task",
    "terminate_workflow", "start_agent",   "update_workflow_variables",
};

} // namespace codec_event_handler_detail

bool begins_list(std::string_view text) {
  text = without_mark(text);
  auto start = text.find_first_not_of(" \t\r\n");
  return start != text.npos && text[start] == '[';
}

result<std::vector<event_handler>> read_event_handlers(std::string_view text,
                                                       violations* unknown) {
  return codec_event_handler_detail::read_one_or_many<event_handler>(
      text, "event handler", unknown);
}

void write(std::string& out, const event_handler& x) {
  write_value<false>(out, x);
}

void validate(violations& out, const event_handler& x,
              const std::string& path) {
  using namespace codec_event_handler_detail;
  out.not_empty(path, "name", x.name, "the event handler needs a name");
  out.not_empty(path, "event", x.event, "the event handler needs an event");
  if (x.actions.empty())
    out.add(path + ".actions", "the event handler needs an action");
  for (size_t i = 0; i < x.actions.size(); ++i) {
    auto& action = x.actions[i].action;
    if (std::find(actions.begin(), actions.end(), action) == actions.end())
      out.add(path + ".actions[" + std::to_string(i) + "].action",
              "there is no action " + short_name(action), action);
  }
}

result<std::vector<tag>> read_tags(std::string_view text) {
  return codec_event_handler_detail::read_one_or_many<tag>(text, "tag",
                                                           nullptr);
}

void write(std::string& out, const tag& x) { write_value<false>(out, x); }

result<rate_limit_config> read_rate_limit(std::string_view text) {
  return read_body<rate_limit_config>(text, "rate limit");
}

void write(std::string& out, const rate_limit_config& x) {
  write_value<false>(out, x);
}

void validate(violations& out, const rate_limit_config& x,
              const std::string& path) {
  out.at_least(path, "concurrentExecLimit", x.concurrent_exec_limit, 1);
}

} // namespace tutti
