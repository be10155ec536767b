#include "tools/tutti/definitions/plan.hpp"
#include "tools/tutti/definitions/source.hpp"
#include "tools/tutti/progress.hpp"
#include "tools/tutti/session.hpp"
#include "tools/tutti/stop_signal.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>

namespace tutti::cli {

using nlohmann::json;

namespace import_detail {

struct options {
  std::string from, key;
};

bool is_address(const std::string& from) {
  return from.starts_with("http://") || from.starts_with("https://");
}

/// Everything that a server has.
result<std::vector<definition>> read_server(const options& o) {
  client source(tidy_server(o.from), o.key);
  registry all(source);
  std::vector<definition> out;
  for (auto& x : all_kinds()) {
    auto some = all.list(x.which);
    if (!some)
      return failure{some.failure().code, "the " + std::string(x.plural)
                                              + " of " + source.server() + ": "
                                              + some.failure().message};
    // What the source adds is not what its users wrote.
    for (auto& one : *some)
      one.value = without_audit(std::move(one.value));
    std::ranges::move(*some, std::back_inserter(out));
  }
  return out;
}

int run(session& s, const options& o) {
  auto read
      = is_address(o.from) ? read_server(o) : read_definitions({o.from}, {});
  if (!read) {
    auto& why = read.failure();
    return is_address(o.from) || why.code == errc::invalid
               ? failed(why, "--from with an address or a file")
               : misused(why.message, "--from http://HOST:PORT, or a file");
  }
  registry target(s.api());
  progress compared("comparing", read->size());
  auto plan = make_plan(target, std::move(*read), {},
                        [&](size_t n) { compared.at(n); });
  if (!plan)
    return failed(plan.failure());
  for (auto& x : warnings_of(*plan))
    note("warning: " + x);
  int interrupted = 0;
  if (s.yes) {
    stop_signal stop;
    progress bar("importing", plan->size());
    if (auto ok = carry_out(
            target, *plan, false, [&](size_t n) { bar.at(n); },
            [&] { return !stop.raised(); });
        !ok)
      return failed(ok.failure());
    interrupted = stop.exit_code();
  }
  // Thousands that are the same would hide what is not.
  auto shown = *plan;
  if (is_table(s.format()))
    std::erase_if(shown, [](auto& x) { return x.is == verdict::unchanged; });
  s.show(rows_of(shown), plan_view());
  note(summary_of(*plan)
       + (s.yes ? "" : "; dry run, nothing was sent: --yes applies it"));
  if (interrupted)
    return interrupted;
  return exit_code_of(*plan);
}

} // namespace import_detail

void add_import(CLI::App& app, session& s) {
  using namespace import_detail;
  auto* noun = app.add_subcommand("import", "take over from another server");
  noun->require_subcommand(1);
  auto* verb = noun->add_subcommand(
      "conductor", "all definitions of a Conductor server; a dry run first");
  examples(verb, {"tutti import conductor --from http://conductor:8080",
                  "tutti import conductor --from http://conductor:8080 --yes",
                  "tutti import conductor --from dump.json"});
  auto o = std::make_shared<options>();
  verb->add_option("--from", o->from,
                   "its address, or a file with its definitions")
      ->required();
  verb->add_option("--from-key", o->key, "sent to it as X-Authorization");
  verb->callback([=, &s] { s.exit_code = run(s, *o); });
}

} // namespace tutti::cli
