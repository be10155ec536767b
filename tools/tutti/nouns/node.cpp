#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace node_detail {

constexpr long ready = 200, not_ready = 503;

// A node that is not ready says why, in the same form.
int status(session& s) {
  auto answer = s.api().send("GET", "/readyz");
  if (!answer)
    return failed(answer.failure());
  auto got = json::parse(answer->body, nullptr, false);
  bool known = answer->status == ready || answer->status == not_ready;
  if (!known || !got.is_object() || !got.contains("parts"))
    return failed(
        {errc::illegal_state, s.api().server() + " is no Tutti node"});
  view look{{text_column("PART", "name"),
             made_column("STATE",
                         [](const json& x) -> cell {
                           auto error = text_at(x, "error");
                           return {error.empty() ? "well" : error,
                                   error.empty() ? tone::plain : tone::bad};
                         })},
            "name"};
  look.rows = [](const json& x) { return x.at("parts"); };
  s.show(got, look);
  if (got.contains("notes") && is_table(s.format()))
    for (auto& x : got["notes"])
      if (x.is_string())
        note(x.get<std::string>());
  return answer->status == ready ? exit_done : exit_failed;
}

int version(session& s) {
  auto answer = s.api().call("GET", api_path({"version"}));
  if (!answer)
    return failed(answer.failure());
  return s.show(
      json{{"server", s.api().server()},
           {"version", *answer},
           {"client", TUTTI_VERSION}},
      {{text_column("SERVER", "server"), text_column("VERSION", "version"),
        text_column("CLIENT", "client")},
       "version"});
}

} // namespace node_detail

void add_node(CLI::App& app, session& s) {
  auto* noun = app.add_subcommand("node", "the node itself");
  noun->require_subcommand(1);
  auto* verb = noun->add_subcommand(
      "status", "whether each of its parts answers; fails when one does not");
  examples(verb, {"tutti node status -o json"});
  verb->callback([&s] { s.exit_code = node_detail::status(s); });
  verb = noun->add_subcommand("version", "which node it is, and which program");
  examples(verb, {"tutti node version"});
  verb->callback([&s] { s.exit_code = node_detail::version(s); });
}

} // namespace tutti::cli
