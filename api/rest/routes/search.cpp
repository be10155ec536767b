#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"

namespace tutti::rest {

// Conductor's searches, and ours under /api/tutti/search with counts and
// cursors. The grammar: reference:search.

namespace search_detail {

constexpr auto query_argument = text_of("query");
constexpr auto free_text = text_of("freeText", "*", "\"*\"");
constexpr auto sort = text_of("sort");
constexpr auto cursor = text_of("cursor");
constexpr auto start = long_of("start", 0, "0");
constexpr auto size = long_of("size", 100, "100");
constexpr auto classifier = texts_of("classifier");
constexpr auto top_level_only = flag_of("topLevelOnly", false);
constexpr auto of = choice_of("of", "workflows|tasks|workflowsOfTasks");
constexpr auto as_argument = choice_of("as", "summaries|ids|whole");
constexpr auto facets = texts_of("facets");
constexpr auto workflow_type = text_of("workflowType");
constexpr auto from = long_of("from", 0, "0");
constexpr auto to = long_of("to", 0, "0");
constexpr auto by_hour = flag_of("byHour", false);

/// What every search reads.
route_notes about_search(std::string_view sentence) {
  return about(sentence).with(query_argument, free_text, sort, cursor, start,
                              size, classifier, top_level_only);
}

constexpr int64_t workflows_max = 5'000; // as in Conductor

/// Whatever users wrote does not begin another header.
std::string header_text(std::string_view x) {
  std::string out(x.substr(0, 500));
  for (auto& c : out)
    if (c < ' ' || c > '~')
      c = '?';
  return out;
}

void put_headers(response& out, const search_result& x) {
  if (x.behind > 0)
    out.headers.emplace_back("Tutti-Index-Behind",
                             std::to_string(x.behind)
                                 + "; ms=" + std::to_string(x.behind_ms));
  if (!x.cursor.empty())
    out.headers.emplace_back("Tutti-Cursor", x.cursor);
  constexpr size_t warnings_max = 10;
  for (size_t i = 0; i < x.warnings.size() && i < warnings_max; ++i)
    out.headers.emplace_back("Tutti-Warning", header_text(x.warnings[i]));
}

void put_results(json_object_writer& out, const search_result& x, bool ids) {
  auto& list = out.key("results");
  list += '[';
  for (auto& item : x.items) {
    if (list.back() != '[')
      list += ',';
    if (ids)
      write_string(list, item);
    else
      list += item;
  }
  list += ']';
}

response conductors(search_result&& got) {
  std::string text;
  json_object_writer out(text);
  out.number("totalHits", int64_t(got.total));
  put_results(out, got, false);
  out.close();
  auto answer = json(std::move(text));
  put_headers(answer, got);
  return answer;
}

search_index read_search(query_reader& query) {
  search_index out;
  out.query = query.read(query_argument);
  out.free_text = query.read(free_text);
  out.sort = query.read(sort);
  out.cursor = query.read(cursor);
  out.start = query.read(start);
  out.count = query.read(size);
  out.classifiers = query.read(classifier);
  out.top_level_only = query.read(top_level_only);
  return out;
}

void search(const context_pointer& context, exchange_pointer x,
            search_index::subject what, search_index::form as) {
  query_reader query(*x);
  auto ask = read_search(query);
  if (query.failure())
    return refuse(*x, *query.failure());
  if (what == search_index::subject::workflows && ask.count > workflows_max)
    return refuse(
        *x, invalid_request(
                {{as == search_index::form::whole ? "searchWorkflowsV2.arg1"
                                                  : "searchWorkflows.arg1",
                  "Cannot return more than 5000 workflows. Please use "
                  "pagination.",
                  std::to_string(ask.count)}}));
  ask.what = what;
  ask.as = as;
  ask.conductor = true;
  post(*context, std::move(x), std::move(ask), conductors);
}

template <search_index::subject What, search_index::form As>
void search(const context_pointer& context, exchange_pointer x) {
  search(context, std::move(x), What, As);
}

// Ours

void put_facets(json_object_writer& out, const search_result& x) {
  std::string text = "{", field;
  for (auto& one : x.facets) {
    if (one.field != field) {
      text += field.empty() ? "" : "],";
      write_string(text, one.field);
      text += ":[";
      field = one.field;
    } else {
      text += ',';
    }
    json_object_writer item(text);
    item.text("value", one.value);
    item.number("count", int64_t(one.count));
    item.close();
  }
  text += field.empty() ? "}" : "]}";
  out.raw("facets", text);
}

response ours(search_result&& got, bool ids) {
  std::string text;
  json_object_writer out(text);
  out.number("totalHits", int64_t(got.total));
  put_results(out, got, ids);
  out.text_if("cursor", got.cursor);
  put_facets(out, got);
  out.number("behind", int64_t(got.behind));
  out.number("behindMs", got.behind_ms);
  auto& warnings = out.key("warnings");
  warnings += '[';
  for (auto& x : got.warnings) {
    if (warnings.back() != '[')
      warnings += ',';
    write_string(warnings, x);
  }
  warnings += ']';
  out.close();
  auto answer = json(std::move(text));
  put_headers(answer, got);
  return answer;
}

std::optional<search_index::subject> read_subject(std::string_view x) {
  using enum search_index::subject;
  if (x.empty() || x == "workflows")
    return workflows;
  if (x == "tasks")
    return tasks;
  if (x == "workflowsOfTasks")
    return workflows_of_tasks;
  return std::nullopt;
}

std::optional<search_index::form> read_form(std::string_view x) {
  using enum search_index::form;
  if (x.empty() || x == "summaries")
    return summaries;
  if (x == "ids")
    return ids;
  if (x == "whole")
    return whole;
  return std::nullopt;
}

void tutti_search(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  auto ask = read_search(query);
  auto what = read_subject(query.read(of));
  auto as = read_form(query.read(as_argument));
  ask.facets = query.read(facets);
  if (query.failure())
    return refuse(*x, *query.failure());
  if (!what)
    return refuse(*x, "query parameter 'of' is one of workflows, tasks, "
                      "workflowsOfTasks");
  if (!as)
    return refuse(*x, "query parameter 'as' is one of summaries, ids, whole");
  if (ask.facets.size() > 10)
    return refuse(*x, "at most 10 facets");
  ask.what = *what;
  ask.as = *as;
  bool ids = ask.as == search_index::form::ids;
  post(*context, std::move(x), std::move(ask),
       [ids](search_result&& got) { return ours(std::move(got), ids); });
}

void rollups(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  summarize_executions ask;
  ask.name = query.read(workflow_type);
  ask.from = query.read(from);
  ask.to = query.read(to);
  ask.by_hour = query.read(by_hour);
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), as_json);
}

void index_status(const context_pointer& context, exchange_pointer x) {
  post(*context, std::move(x), read_index_status{}, as_json);
}

void index_rebuild(const context_pointer& context, exchange_pointer x) {
  post(*context, std::move(x), rebuild_index{}, as_void);
}

} // namespace search_detail

route_table search_routes(const context_pointer& context) {
  using namespace search_detail;
  using enum search_index::subject;
  using enum search_index::form;
  constexpr auto read = permission::workflow_read;
  const std::string workflow = "/api/workflow/search",
                    task = "/api/tasks/search", ours = "/api/tutti/";
  return {
      {method::get, workflow, read,
       serve(context, search<workflows, summaries>),
       about_search("Searches executions.").answers("SearchResult")},
      {method::get, workflow + "-v2", read,
       serve(context, search<workflows, whole>),
       about_search("Searches executions; answers them without tasks.")
           .answers("SearchResult")},
      {method::get, workflow + "-by-tasks", read,
       serve(context, search<workflows_of_tasks, summaries>),
       about_search("Searches executions by their tasks.")
           .answers("SearchResult")},
      {method::get, workflow + "-by-tasks-v2", read,
       serve(context, search<workflows_of_tasks, whole>),
       about_search("Searches executions by their tasks; answers them whole.")
           .answers("SearchResult")},
      {method::get, task, read, serve(context, search<tasks, summaries>),
       about_search("Searches tasks.").answers("SearchResult")},
      {method::get, task + "-v2", read, serve(context, search<tasks, whole>),
       about_search("Searches tasks; answers them whole.")
           .answers("SearchResult")},
      {method::get, ours + "search", read, serve(context, tutti_search),
       about_search("Searches with counts and a cursor.")
           .with(of, as_argument, facets)
           .answers("map")},
      {method::get, ours + "search/rollups", read, serve(context, rollups),
       about("Durations and failures by workflow type and hour.")
           .with(workflow_type, from, to, by_hour)
           .answers("map")},
      {method::get, ours + "index", read, serve(context, index_status),
       about("How far the search index is.").answers("map")},
      {method::post, ours + "index/rebuild", permission::admin,
       serve(context, index_rebuild), about("Builds the search index anew.")},
  };
}

} // namespace tutti::rest
