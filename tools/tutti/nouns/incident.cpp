#include "tools/tutti/references.hpp"
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
  view look{{text_column("WORKFLOW", "workflowId"),
             time_column("SINCE", "since"), number_column("CRASHES", "crashes"),
             text_column("WHY", "lastError")},
            "workflowId"};
  look.none = "no execution is put aside";
  return s.show(*answer, look);
}

int release(session& s, const std::string& given) {
  auto id = execution_id(s.api(), given);
  if (!id)
    return failed(id.failure(), "`tutti incident list`");
  auto answer
      = s.api().call("POST", api_path({"tutti", "incidents", *id, "release"}));
  if (!answer)
    return failed(answer.failure(), "`tutti incident list`");
  return s.show(
      json{{"workflowId", *id}, {"result", "released"}},
      {{text_column("WORKFLOW", "workflowId"), text_column("RESULT", "result")},
       "workflowId"});
}

} // namespace incident_detail

void add_incident(CLI::App& app, session& s) {
  auto* noun = app.add_subcommand(
      "incident", "executions put aside after repeated crashes");
  noun->require_subcommand(1);
  auto* verb = noun->add_subcommand("list", "list them");
  examples(verb, {"tutti incident list -o name"});
  verb->callback([&s] { s.exit_code = incident_detail::list(s); });
  auto id = std::make_shared<std::string>();
  verb = noun->add_subcommand("release", "let one run again");
  verb->add_option("ID", *id, "of the execution, or how it begins")->required();
  examples(verb, {"tutti incident release ID"});
  verb->callback([=, &s] { s.exit_code = incident_detail::release(s, *id); });
}

} // namespace tutti::cli
