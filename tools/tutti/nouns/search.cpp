#include "tools/tutti/nouns/search.hpp"

#include "messages/model/payload.hpp"
#include "messages/model/query/parser.hpp"
#include "tools/tutti/duration_input.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace search_detail {

std::string one_of(const char* field, const std::vector<std::string>& values) {
  std::string out = std::string(field) + " IN (";
  for (auto& x : values)
    out += (&x == values.data() ? "" : ", ") + query::quoted(x);
  return out + ")";
}

/// Times of a search are ISO 8601 texts; 1970 stands for none.
column iso_column(const char* heading, const char* key) {
  return made_column(heading, [key](const json& row) -> cell {
    auto text = text_at(row, key);
    cell out("-");
    out.raw = "";
    if (text.empty() || text.starts_with("1970-01-01T00:00:00.000"))
      return out;
    out.raw = text;
    // What a table has no room for.
    out.text = text.substr(0, 19);
    if (auto t = out.text.find('T'); t != text.npos)
      out.text[t] = ' ';
    return out;
  });
}

json results_of(const json& answer) {
  return answer.value("results", json::array());
}

constexpr auto nothing = "nothing matches";

view tasks_found() {
  view out{{text_column("ID", "taskId"), text_column("TASK", "taskType"),
            status_column("STATUS", "status"),
            iso_column("SCHEDULED", "scheduledTime"),
            duration_column("TOOK", "executionTime"),
            text_column("EXECUTION", "workflowId"),
            wide(iso_column("ENDED", "endTime")),
            wide(text_column("REASON", "reasonForIncompletion"))},
           "taskId"};
  out.none = nothing;
  return out;
}

view executions_found() {
  view out{
      {text_column("ID", "workflowId"), text_column("WORKFLOW", "workflowType"),
       number_column("VERSION", "version"), status_column("STATUS", "status"),
       iso_column("STARTED", "startTime"), iso_column("ENDED", "endTime"),
       wide(duration_column("TOOK", "executionTime")),
       wide(text_column("CORRELATION", "correlationId")),
       wide(text_column("REASON", "reasonForIncompletion"))},
      "workflowId"};
  out.none = nothing;
  return out;
}

/// Values of fields, and how often each is there.
view facets_view() {
  view out{{text_column("FIELD", "field"), text_column("VALUE", "value"),
            number_column("COUNT", "count")},
           "value"};
  out.rows = [](const json& answer) {
    auto rows = json::array();
    auto facets = answer.value("facets", json::object());
    for (auto& [field, values] : facets.items())
      for (auto& x : values)
        rows.push_back({{"field", field},
                        {"value", text_at(x, "value")},
                        {"count", number_at(x, "count")}});
    return rows;
  };
  return out;
}

/// A page of hits, or what was counted; for people both.
view search_view(const search_options& x) {
  auto facets = facets_view();
  if (x.only_count && !x.facets.empty())
    return facets;
  auto out = x.of == "tasks" ? tasks_found() : executions_found();
  out.rows = results_of;
  if (x.only_count) {
    out.detail = [](const json& answer, const canvas&) {
      return std::to_string(number_at(answer, "totalHits")) + '\n';
    };
  } else if (!x.facets.empty()) {
    auto hits = out;
    out.detail = [hits, facets](const json& answer, const canvas& on) {
      return render(answer, hits, on) + '\n' + render(answer, facets, on);
    };
  }
  return out;
}

void print_notes(const json& answer, size_t shown) {
  if (auto behind = number_at(answer, "behind"); behind > 0)
    note("the index lacks " + std::to_string(behind)
         + " commits; the same search a little later sees them");
  if (answer.contains("warnings"))
    for (auto& x : answer.at("warnings"))
      if (x.is_string())
        note("note: " + x.get<std::string>());
  auto total = number_at(answer, "totalHits");
  if (total == 0)
    return;
  note(std::to_string(shown) + " of " + std::to_string(total));
  if (auto cursor = text_at(answer, "cursor");
      !cursor.empty() && int64_t(shown) < total)
    note("more: --cursor " + cursor);
}

int index_status(session& s) {
  auto answer = s.api().call_json("GET", api_path({"tutti", "index"}));
  if (!answer)
    return failed(answer.failure());
  view look{
      {made_column("STATE",
                   [](const json& x) -> cell {
                     auto state = text_at(x, "state");
                     return {state, state == "READY" ? tone::good : tone::busy};
                   }),
       number_column("EXECUTIONS", "workflows"),
       number_column("TASKS", "tasks"),
       made_column("MIB",
                   [](const json& x) -> cell {
                     return std::to_string(number_at(x, "bytes") >> 20);
                   }),
       number_column("BEHIND", "behind"),
       number_column("REBUILDS", "rebuilds")},
      "state"};
  s.show(*answer, look);
  if (auto building = answer->find("building"); building != answer->end())
    note("built: " + std::to_string(number_at(*building, "executions"))
         + " executions, " + std::to_string(number_at(*building, "shards"))
         + " of " + std::to_string(number_at(*building, "shardsOf"))
         + " shards");
  if (auto why = text_at(*answer, "lastError"); !why.empty())
    note(why);
  return exit_done;
}

int index_rebuild(session& s) {
  if (!confirmed("Build the search index anew? Searches answer from the old "
                 "one meanwhile, without what changes.",
                 s.yes))
    return exit_misused;
  auto answer = s.api().call("POST", api_path({"tutti", "index", "rebuild"}));
  if (!answer)
    return failed(answer.failure());
  note("it has begun; `tutti index status` shows how far it is");
  return exit_done;
}

} // namespace search_detail

std::string time_of_query(const std::string& text) {
  // A bare number is epoch milliseconds, here as in queries.
  bool bare = text.find_first_not_of("0123456789") == text.npos;
  return !bare && read_duration_ms(text) ? '-' + text : text;
}

std::string query_of(const search_options& x) {
  using search_detail::one_of;
  std::string out;
  auto add = [&](const std::string& condition) {
    out += (out.empty() ? "" : " AND ") + condition;
  };
  if (!x.query.empty())
    add("(" + x.query + ")");
  bool tasks = x.of == "tasks";
  if (!x.types.empty())
    add(one_of(tasks ? "taskType" : "workflowType", x.types));
  if (!x.statuses.empty())
    add(one_of("status", x.statuses));
  if (!x.correlation_id.empty())
    add("correlationId = " + query::quoted(x.correlation_id));
  if (!x.since.empty())
    add(std::string(tasks ? "scheduledTime" : "startTime")
        + " >= " + query::quoted(x.since));
  return out;
}

int search(session& s, const search_options& x) {
  query_parameters query{{"of", x.of},
                         {"size", std::to_string(x.only_count ? 0 : x.count)}};
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty())
      query.emplace_back(name, value);
  };
  add("query", query_of(x));
  add("freeText", x.text);
  add("sort", x.sort);
  add("cursor", x.cursor);
  std::string facets;
  for (auto& one : x.facets)
    facets += (facets.empty() ? "" : ",") + one;
  add("facets", facets);
  auto answer = s.api().call_json("GET", api_path({"tutti", "search"}, query));
  if (!answer)
    return failed(answer.failure(), "`tutti docs search` has the grammar");
  auto code = s.show(*answer, search_detail::search_view(x));
  if (!x.only_count)
    search_detail::print_notes(*answer,
                               search_detail::results_of(*answer).size());
  return code;
}

void add_search_options(CLI::App& verb, search_options& into) {
  verb.add_option("--text", into.text, "words in input, output and reason");
  verb.add_option("--type", into.types, "workflow types, or types of tasks");
  verb.add_option("--status", into.statuses, "statuses");
  verb.add_option("--correlation-id", into.correlation_id, "exactly this one");
  verb.add_option("--since", into.since,
                  "started since then: 1h (ago), 2023-11-14, epoch ms")
      ->transform([](const std::string& text) { return time_of_query(text); });
  verb.add_option("--sort", into.sort, "e.g. startTime:DESC|workflowId");
  verb.add_option("--cursor", into.cursor, "where the last page ended");
}

void add_search(CLI::App& app, session& s) {
  using namespace search_detail;
  auto options = std::make_shared<search_options>();
  auto* verb = app.add_subcommand("search", "find executions and tasks");
  verb->add_option("QUERY", options->query,
                   "conditions, e.g. \"status=FAILED AND endTime>-1h\"");
  verb->add_option("--of", options->of, "what is searched")
      ->check(CLI::IsMember({"workflows", "tasks", "workflowsOfTasks"}));
  examples(verb, {"tutti search 'status=FAILED AND endTime>-1h' -o wide",
                  "tutti search --of tasks --text '\"card declined\"'",
                  "tutti search --type greet --only-count --group-by status",
                  "tutti search --rollups --since 7d --by-hour -o csv"});
  add_search_options(*verb, *options);
  verb->add_option("--facets,--group-by", options->facets,
                   "fields whose values are counted")
      ->delimiter(',');
  verb->add_option("-n,--count", options->count, "hits of a page")
      ->check(CLI::Range(int64_t{0}, int64_t{5'000}));
  verb->add_flag("--only-count", options->only_count,
                 "only how many there are");
  auto* sums = verb->add_flag("--rollups", options->rollups,
                              "counts, failures and durations by workflow, of "
                              "24 hours or since --since");
  verb->add_flag("--by-hour", options->by_hour, "of each hour")->needs(sums);
  verb->add_option("--until", options->until, "the end of roll-ups")
      ->needs(sums)
      ->check(check_moment);
  verb->callback([&s, options] {
    s.exit_code = options->rollups ? rollups(s, *options) : search(s, *options);
  });

  auto* noun = app.add_subcommand("index", "the search index");
  noun->require_subcommand(1);
  verb = noun->add_subcommand("status", "its state, and how far it is behind");
  examples(verb, {"tutti index status"});
  verb->callback([&s] { s.exit_code = index_status(s); });
  verb = noun->add_subcommand("rebuild", "build it anew from the store");
  examples(verb, {"tutti index rebuild --yes"});
  verb->callback([&s] { s.exit_code = index_rebuild(s); });
}

} // namespace tutti::cli
