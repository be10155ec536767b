#include "tools/tutti/output.hpp"
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
    return failed({errc::invalid, s.api().server() + " is no Tutti node"});
  auto exit_code = answer->status == ready ? exit_done : exit_failed;
  if (s.json()) {
    print(got);
    return exit_code;
  }
  table rows({"PART", "STATE"});
  for (auto& x : got["parts"]) {
    auto error = text_at(x, "error");
    rows.add({text_at(x, "name"),
              {error.empty() ? "well" : error,
               error.empty() ? tone::plain : tone::bad}});
  }
  print(rows);
  if (got.contains("notes"))
    for (auto& x : got["notes"])
      if (x.is_string())
        note(x.get<std::string>());
  return exit_code;
}

} // namespace node_detail

void add_node(CLI::App& app, session& s) {
  auto* noun = app.add_subcommand("node", "the node itself");
  noun->require_subcommand(1);
  auto* verb = noun->add_subcommand(
      "status", "whether each of its parts answers; fails when one does not");
  verb->callback([&s] { s.exit_code = node_detail::status(s); });
}

} // namespace tutti::cli
