#include "tools/tutti/follow.hpp"

#include "tools/tutti/change_log.hpp"
#include "tools/tutti/execution_view.hpp"
#include "tools/tutti/stop_signal.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace tutti::cli {

using nlohmann::json;
using namespace std::chrono_literals;

namespace follow_detail {

using std::chrono::steady_clock;

constexpr auto look_first = 50ms, look_last = 1'000ms;
constexpr int silent_looks_max = 60;

/// A stream has no end to close a list with: json is ndjson, tables have no
/// headings.
void tell(const session& s, const json& change) {
  auto status = text_at(change, "status");
  auto reason = text_at(change, "reason");
  auto line = time_text(number_at(change, "time")) + "  "
              + painted(status, tone_of(status), colour_on_stdout()) + "  "
              + text_at(change, "name");
  switch (s.format()) {
    case output_format::table:
    case output_format::wide:
      return print_line(reason.empty() ? line : line + "  " + reason);
    case output_format::json:
    case output_format::ndjson:
      return print_line(
          change.dump(-1, ' ', false, json::error_handler_t::replace));
    case output_format::yaml:
    case output_format::csv:
    case output_format::name: {
      view as{{time_column("TIME", "time"), text_column("STATUS", "status"),
               text_column("NAME", "name"), text_column("REASON", "reason")},
              "name"};
      auto text = render(json::array({change}), as, {s.format()});
      // Of CSV the row alone, without the heading that each would repeat.
      auto from = s.format() == output_format::csv ? text.find('\n') + 1 : 0;
      auto end = text.find_last_not_of("\r\n");
      return print_line(text.substr(from, end + 1 - from));
    }
  }
}

/// A request that waits ends with the signal, too.
struct cancelling {
  cancelling(client& of, const stop_signal& stop) : of(of) {
    of.cancel_when([&stop] { return stop.raised(); });
  }
  ~cancelling() { of.cancel_when({}); }
  client& of;
};

} // namespace follow_detail

int follow(session& s, const std::string& workflow_id,
           const follow_options& how) {
  using namespace follow_detail;
  stop_signal stop;
  if (how.begun)
    how.begun();
  cancelling until_here(s.api(), stop);
  auto again = "Watch it again: tutti workflow watch " + workflow_id;
  auto left = [&] {
    note("stopped watching; " + workflow_id + " goes on. " + again);
    return stop.exit_code();
  };
  auto until = steady_clock::now()
               + std::chrono::milliseconds(how.timeout_ms.value_or(0));
  change_log log;
  auto path = api_path({"workflow", workflow_id},
                       {{"includeTasks", how.changes ? "true" : "false"}});
  int silent = 0;
  for (std::chrono::milliseconds pause = look_first;;
       pause = std::min<std::chrono::milliseconds>(pause * 2, look_last)) {
    auto workflow = s.api().call_json("GET", path);
    if (!workflow) {
      if (stop.raised())
        return left();
      if (!is_silence(workflow.failure().code) || ++silent > silent_looks_max)
        return failed(workflow.failure());
    } else {
      silent = 0;
      if (how.changes)
        for (auto& x : log.look(*workflow))
          tell(s, x);
      auto status = text_at(*workflow, "status");
      if (is_terminal_workflow(status))
        return status == "COMPLETED" ? exit_done : exit_unsuccessful;
    }
    if (how.timeout_ms) {
      auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - steady_clock::now());
      if (rest.count() <= 0)
        return failed(exit_timed_out,
                      workflow_id
                          + " has not ended within --timeout; it goes "
                            "on",
                      again);
      pause = std::min(pause, rest + 1ms);
    }
    if (stop.wait(pause))
      return left();
  }
}

} // namespace tutti::cli
