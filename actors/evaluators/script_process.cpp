#include "actors/evaluators/script_process.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <utility>

namespace tutti::evaluators {

namespace script_process_detail {

using engine::script_language;
using engine::script_result;
using kind = script_result::kind;
using namespace std::chrono_literals;

/// The helper stops a script at its limit. If it fails to, it is killed this
/// much later.
constexpr auto grace = 110ms;

script_result error(std::string sentence) {
  return {kind::error, {}, std::move(sentence)};
}

script_result unavailable(std::string sentence) {
  return {kind::unavailable, {}, std::move(sentence)};
}

std::string bytes(size_t n) { return std::to_string(n) + " bytes"; }

/// Whole seconds without a fraction: "4", "0.3".
std::string seconds(std::chrono::milliseconds x) {
  auto out = std::to_string(x.count() / 1000);
  if (auto rest = x.count() % 1000) {
    auto digits = std::to_string(1000 + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out += "." + digits;
  }
  return out;
}

} // namespace script_process_detail

script_process::script_process(evaluator_settings settings)
    : settings_(std::move(settings)) {}

engine::script_result script_process::run(const engine::script_call& call) {
  return ask(call, frame_task::evaluate);
}

engine::script_result script_process::check(engine::script_language language,
                                            std::string_view source) {
  return ask({language, source, {}}, frame_task::check);
}

void script_process::warm(engine::script_language language) {
  auto& x = language == engine::script_language::jq ? jq_ : javascript_;
  // A helper that cannot be started is reported by the script that needs it.
  if (!x.process.alive())
    static_cast<void>(x.process.start(settings_, x.name));
}

pid_t script_process::pid(engine::script_language language) const {
  auto& x = language == engine::script_language::jq ? jq_ : javascript_;
  return std::max<pid_t>(0, x.process.pid());
}

result<done> script_process::make_ready(helper& x) {
  if (!x.process.alive())
    if (auto started = x.process.start(settings_, x.name); !started)
      return started;
  return x.process.wait_until_ready();
}

engine::script_result script_process::ask(const engine::script_call& call,
                                          frame_task what) {
  using namespace script_process_detail;
  auto& s = settings_;
  if (call.source.size() > s.source_bytes_max)
    return error("The script has " + bytes(call.source.size()) + ", more than "
                 + bytes(s.source_bytes_max));
  if (call.input.size() > s.input_bytes_max)
    return error("The input of the script has " + bytes(call.input.size())
                 + ", more than " + bytes(s.input_bytes_max));
  auto& x = call.language == script_language::jq ? jq_ : javascript_;
  if (auto ready = make_ready(x); !ready)
    return unavailable(ready.failure().message);

  request_header head;
  head.limit_ms = uint32_t(s.time_limit.count());
  head.result_bytes_max = uint32_t(s.result_bytes_max);
  head.source_bytes = uint32_t(call.source.size());
  head.input_bytes = uint32_t(call.input.size());
  head.what = what;
  reply_header answer;
  std::string text;
  auto deadline = helper_process::clock::now() + s.time_limit + grace;
  auto how = x.process.exchange(head, call.source, call.input, deadline, answer,
                                text);
  if (how != helper_process::end::replied)
    return ended(x, how == helper_process::end::overdue);
  return read_reply(call.language, what, answer, std::move(text));
}

engine::script_result
script_process::read_reply(engine::script_language language, frame_task what,
                           const reply_header& head, std::string text) const {
  using namespace script_process_detail;
  switch (head.status) {
    case frame_status::value:
      if (auto value = payload::parse(text))
        return {kind::value, std::move(*value), {}};
      else
        return error("The result of the script cannot be kept: "
                     + value.failure().message);
    case frame_status::timed_out:
      return timed_out();
    case frame_status::error:
      if (language == script_language::jq)
        return error(std::move(text));
      if (what == frame_task::evaluate)
        text = "Error evaluating the script `" + text + "`";
      if (head.line > 0)
        text += " at line " + std::to_string(head.line);
      return error(std::move(text));
    case frame_status::ready:
      break;
  }
  return unavailable("the script evaluator said what makes no sense");
}

engine::script_result script_process::timed_out() const {
  using namespace script_process_detail;
  return {kind::timed_out,
          {},
          "Script not evaluated within " + seconds(settings_.time_limit)
              + " seconds, interrupted."};
}

// Starts the next helper at once, while nobody waits for it.
engine::script_result script_process::ended(helper& gone, bool overdue) {
  using namespace script_process_detail;
  int status = gone.process.last_status();
  static_cast<void>(gone.process.start(settings_, gone.name));
  if (overdue || (WIFEXITED(status) && WEXITSTATUS(status) == exit_overdue))
    return timed_out();
  // Scripts cannot cause SIGKILL: the system or a person did.
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
    return unavailable("The script evaluator was killed while it ran the "
                       "script");
  return error("The script evaluator ended while it ran the script, which "
               "needs more than "
               + std::to_string(settings_.memory_mib)
               + " MiB or does what is forbidden");
}

} // namespace tutti::evaluators
