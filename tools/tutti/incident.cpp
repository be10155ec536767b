#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace incident_detail {

int list(session& s) {
  auto answer = s.api().call_json("GET", api_path({"tutti", "incidents"}));
  if (!answer)
    return failed(answer.failure());
  if (s.json()) {
    print(*answer);
    return exit_done;
  }
  table rows({"WORKFLOW", "SINCE", "CRASHES", "WHY"});
  if (answer->is_array())
    for (auto& x : *answer)
      rows.add({text_at(x, "workflowId"), time_text(number_at(x, "since")),
                std::to_string(number_at(x, "crashes")),
                text_at(x, "lastError")});
  print(rows);
  if (rows.empty())
    note("no execution is put aside");
  return exit_done;
}

int release(session& s, const std::string& id) {
  auto answer
      = s.api().call("POST", api_path({"tutti", "incidents", id, "release"}));
  if (!answer)
    return failed(answer.failure(), "`tutti incident list`");
  if (s.json())
    print(json{{"workflowId", id}, {"result", "released"}});
  else
    print_line(id + " released");
  return exit_done;
}

} // namespace incident_detail

void add_incident(CLI::App& app, session& s) {
  auto* noun = app.add_subcommand(
      "incident", "executions put aside after repeated crashes");
  noun->require_subcommand(1);
  auto* verb = noun->add_subcommand("list", "list them");
  verb->callback([&s] { s.exit_code = incident_detail::list(s); });
  auto id = std::make_shared<std::string>();
  verb = noun->add_subcommand("release", "let one run again");
  verb->add_option("ID", *id, "of the execution")->required();
  verb->callback([=, &s] { s.exit_code = incident_detail::release(s, *id); });
}

} // namespace tutti::cli
