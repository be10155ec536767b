#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/firing_query.hpp"
#include "api/rest/routes/operators/bulk_run.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "api/rest/routes/unknown_fields.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"
#include "messages/model/schedules/schedule_codec.hpp"
#include "messages/model/schedules/schedule_times.hpp"

#include <chrono>

// reference:schedules

namespace tutti::rest {

namespace schedule_routes_detail {

constexpr auto workflow_name = text_of("workflowName");
constexpr auto schedule_name = text_of("scheduleName");
constexpr auto tag_argument = required_text("tag");
constexpr auto start_argument = long_of("start", 0, "0");
constexpr auto size_argument = long_of("size", 100, "100");
constexpr auto free_text = text_of("freeText", "*", "\"*\"");
constexpr auto sort = text_of("sort");
constexpr auto query_argument = text_of("query");
constexpr auto reason = text_of("reason");
constexpr auto cron_expression = required_text("cronExpression");
constexpr auto zone_id = text_of("zoneId", "UTC", "\"UTC\"");
constexpr auto schedule_start = long_of("scheduleStartTime", 0, "0");
constexpr auto schedule_end = long_of("scheduleEndTime", 0, "0");
constexpr auto limit_argument = number_of("limit", 5, "5");
constexpr auto backfill_start = long_of("startTime", -1, "");
constexpr auto backfill_end = long_of("endTime", -1, "");
/// Without it both kinds are found.
constexpr flag_argument paused{{"paused", argument::kind::flag}, false};

constexpr const char* saved = "createOrUpdateWorkflowSchedule.arg0";

int64_t system_ms() {
  using namespace std::chrono;
  auto since = system_clock::now().time_since_epoch();
  return duration_cast<milliseconds>(since).count();
}

response as_list(sorted_documents&& got) {
  std::string out = "[";
  for (auto& x : got.items) {
    if (out.size() > 1)
      out += ',';
    out += x.text;
  }
  return json(out + ']');
}

response as_search_result(sorted_documents&& got) {
  auto total = int64_t(got.total);
  auto list = as_list(std::move(got)).body;
  std::string out;
  json_object_writer object(out);
  object.number("totalHits", total);
  object.raw("results", list);
  object.close();
  return json(std::move(out));
}

void save(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  unknown_fields unknown(query);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto schedule = read_schedule_def(x->body(), unknown.found());
  if (!schedule)
    return refuse(*x, schedule.failure());
  if (auto why = unknown.refusal())
    return refuse(*x, *why);
  // Scripts of a definition that the schedule brings are checked elsewhere:
  // the answer comes later.
  auto from = x->context();
  auto what = std::make_shared<schedule_def>(std::move(*schedule));
  context->admission.check(
      *what, saved, from,
      [context, x, what,
       shape = unknown.with_warnings(as_json)](std::optional<failure> why) {
        if (why)
          return refuse(*x, *why);
        post(*context, x, save_schedule{std::move(*what)}, shape);
      });
}

void read_all(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  list_schedules ask;
  ask.workflow_name = query.read(workflow_name);
  if (query.failure())
    return refuse(*x, *query.failure());
  ask.count = context->admission.bound_list(INT64_MAX);
  post(*context, std::move(x), std::move(ask), as_list);
}

void read_tagged(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  list_schedules ask;
  ask.tag = query.read(tag_argument);
  if (query.failure())
    return refuse(*x, *query.failure());
  ask.count = context->admission.bound_list(INT64_MAX);
  post(*context, std::move(x), std::move(ask), as_list);
}

/// `start` and `size` of a search.
template <class Request>
void read_page(const context_pointer& context, query_reader& query,
               Request& ask) {
  auto start = std::max<int64_t>(query.read(start_argument), 0);
  auto size = std::max<int64_t>(query.read(size_argument), 0);
  auto most = context->admission.bound_list(INT64_MAX);
  ask.start = std::min<uint64_t>(uint64_t(start), most);
  ask.count = std::min<uint64_t>(uint64_t(size), most - ask.start);
}

void search(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  list_schedules ask;
  ask.workflow_name = query.read(workflow_name);
  ask.schedule_name = query.read(schedule_name);
  ask.free_text = query.read(free_text);
  if (!x->query(paused.name).value_or("").empty())
    ask.paused = query.read(paused);
  read_page(context, query, ask);
  auto order = read_sort(query.read(sort), false);
  if (query.failure())
    return refuse(*x, *query.failure());
  ask.sort_by = std::move(order.field);
  ask.descending = order.descending;
  post(*context, std::move(x), std::move(ask), as_search_result);
}

void search_executions(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  search_firings ask;
  auto where = read_firing_query(query.read(query_argument));
  if (!where)
    return refuse(*x, where.failure());
  ask.where = std::move(*where);
  ask.free_text = query.read(free_text);
  read_page(context, query, ask);
  auto order = read_sort(query.read(sort), true);
  if (query.failure())
    return refuse(*x, *query.failure());
  ask.sort_by = std::move(order.field);
  ask.descending = order.descending;
  post(*context, std::move(x), std::move(ask), as_search_result);
}

void read_one(const context_pointer& context, exchange_pointer x,
              std::string_view name) {
  post(*context, std::move(x), read_schedule{std::string(name)}, as_json);
}

void remove(const context_pointer& context, exchange_pointer x,
            std::string_view name) {
  post(*context, std::move(x), remove_schedule{std::string(name)}, as_void);
}

void pause(const context_pointer& context, exchange_pointer x,
           std::string_view name) {
  query_reader query(*x);
  control_schedule ask{std::string(name), true, query.read(reason)};
  if (query.failure())
    return refuse(*x, *query.failure());
  if (auto why = context->admission.check_text(ask.reason, "reason"))
    return refuse(*x, *why);
  post(*context, std::move(x), std::move(ask), as_void);
}

void resume(const context_pointer& context, exchange_pointer x,
            std::string_view name) {
  post(*context, std::move(x), control_schedule{std::string(name), false, {}},
       as_void);
}

/// `pauses`: pause them, otherwise resume.
route_handler bulk(const context_pointer& context, bool pauses) {
  return [=](exchange_pointer x, const path_params&) {
    auto names = read_strings(x->body(), "list of schedule names");
    if (!names)
      return refuse(*x, names.failure());
    auto path = pauses ? "pauseSchedules.arg0" : "resumeSchedules.arg0";
    if (auto why = context->admission.check_ids(*names, path))
      return refuse(*x, *why);
    auto step = [=](const std::string& name, const request_context& from,
                    bulk_run::outcome_of_step then) {
      context->gateway->ask(
          control_schedule{name, pauses, {}}, from,
          reply<done>([then = std::move(then)](const result<done>& got) {
            then(got ? nullptr : &got.failure());
          }));
    };
    std::make_shared<bulk_run>(std::move(x), std::move(*names),
                               std::vector<bulk_run::step>{step})
        ->start();
  };
}

void next_few(const context_pointer&, exchange_pointer x) {
  constexpr int32_t most = 5;
  query_reader query(*x);
  cron_schedule cron{query.read(cron_expression), query.read(zone_id)};
  auto start = query.read(schedule_start);
  auto end = query.read(schedule_end);
  auto limit = std::min(query.read(limit_argument), most);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto times = schedule_times::make({cron}, start, end);
  if (!times)
    return refuse(*x, times.failure());
  std::string out = "[";
  for (auto time : times->next_few(system_ms(), size_t(std::max(limit, 0)))) {
    if (out.size() > 1)
      out += ',';
    write_number(out, time);
  }
  x->reply(json(out + ']'));
}

// Tags

void read_tags_of(const context_pointer& context, exchange_pointer x,
                  std::string_view name) {
  post(*context, std::move(x), read_schedule{std::string(name), true}, as_json);
}

route_handler change_tags(const context_pointer& context, bool removes) {
  return [=](exchange_pointer x, const path_params& path) {
    auto tags = read_tags(x->body());
    if (!tags)
      return refuse(*x, tags.failure());
    if (auto why = context->admission.check(*tags, "putTagForSchedule.arg0"))
      return refuse(*x, *why);
    post(*context, std::move(x),
         tag_schedule{std::string(path[0]), std::move(*tags), removes},
         as_void);
  };
}

// Operators

route_handler hold(const context_pointer& context, bool holds) {
  return [=](exchange_pointer x, const path_params&) {
    post(*context, std::move(x), hold_schedules{holds},
         [](auto&&) { return json(R"({"status":"done"})"); });
  };
}

/// Upstream pushes the records of pending firings into a queue. Here they are
/// started until that succeeds; the answer says how many there are.
void requeue(const context_pointer& context, exchange_pointer x) {
  search_firings ask;
  ask.where = {{"state", firing_condition::relation::is, {"POLLED"}}};
  ask.count = 10;
  post(*context, std::move(x), std::move(ask), [](sorted_documents&& got) {
    std::string out;
    json_object_writer object(out);
    object.number("recordIds.size", int64_t(got.total));
    auto& list = object.key("sampleIds");
    list += '[';
    for (auto& item : got.items) {
      if (list.back() != '[')
        list += ',';
      // The key ends with the id.
      write_string(
          list, std::string_view(item.key).substr(
                    item.key.size() - std::min<size_t>(item.key.size(), 36)));
    }
    list += ']';
    object.close();
    return json(std::move(out));
  });
}

void trigger(const context_pointer& context, exchange_pointer x,
             std::string_view name) {
  post(*context, std::move(x), trigger_schedule{std::string(name)}, as_json);
}

/// The range comes as JSON {"startTime", "endTime"} or in the query.
void backfill(const context_pointer& context, exchange_pointer x,
              std::string_view name) {
  query_reader query(*x);
  backfill_schedule ask{std::string(name), query.read(backfill_start),
                        query.read(backfill_end)};
  if (query.failure())
    return refuse(*x, *query.failure());
  if (auto why = read_backfill_range(x->body(), ask.from, ask.to))
    return refuse(*x, *why);
  if (ask.from < 0 || ask.to < 0)
    return refuse(*x, "a backfill needs startTime and endTime, in epoch "
                      "milliseconds");
  if (ask.to < ask.from)
    return refuse(*x, "the backfill ends before it starts");
  post(*context, std::move(x), std::move(ask), as_json);
}

} // namespace schedule_routes_detail

route_table schedule_routes(const context_pointer& context) {
  using namespace schedule_routes_detail;
  const std::string base = "/api/scheduler/", all = base + "schedules",
                    one = all + "/{name}";
  constexpr auto reads = permission::schedule_read;
  constexpr auto writes = permission::schedule_write;
  constexpr auto admin = permission::admin;
  auto pausing = [] { return about("Pauses a schedule.").with(reason); };
  auto resuming = [] { return about("Resumes a schedule."); };
  auto holding
      = [] { return about("Holds all schedules of the node.").answers("map"); };
  auto releasing = [] {
    return about("Lets the schedules of the node go on.").answers("map");
  };
  return {
      {method::post, all, writes, serve(context, save),
       about("Stores or replaces a schedule.")
           .with(strict)
           .takes("WorkflowSchedule")
           .answers("WorkflowSchedule")},
      {method::get, all, reads, serve(context, read_all),
       about("All schedules, or those of a workflow.")
           .with(workflow_name)
           .answers("[WorkflowSchedule]")},
      {method::get, all + "/search", reads, serve(context, search),
       about("Searches schedules.")
           .with(workflow_name, schedule_name, paused, free_text,
                 start_argument, size_argument, sort)
           .answers("SearchResult")},
      {method::get, all + "/tags", reads, serve(context, read_tagged),
       about("The schedules with a tag.")
           .with(tag_argument)
           .answers("[WorkflowSchedule]")},
      {method::get, one, reads, serve(context, read_one),
       about("A schedule.").answers("WorkflowSchedule")},
      {method::delete_, one, writes, serve(context, remove),
       about("Removes a schedule.")},
      // PUT as upstream, GET as the Go client and the CLI.
      {method::put, one + "/pause", writes, serve(context, pause), pausing()},
      {method::get, one + "/pause", writes, serve(context, pause), pausing()},
      {method::put, one + "/resume", writes, serve(context, resume),
       resuming()},
      {method::get, one + "/resume", writes, serve(context, resume),
       resuming()},
      {method::get, one + "/tags", reads, serve(context, read_tags_of),
       about("The tags of a schedule.").answers("[Tag]")},
      {method::put, one + "/tags", writes, change_tags(context, false),
       about("Adds tags to a schedule.").takes("[Tag]")},
      {method::delete_, one + "/tags", writes, change_tags(context, true),
       about("Removes tags of a schedule.").takes("[Tag]")},
      {method::post, one + "/trigger", writes, serve(context, trigger),
       about("Fires a schedule now.").answers("map")},
      {method::post, one + "/backfill", writes, serve(context, backfill),
       about("Fires a schedule for the instants of a range.")
           .with(backfill_start, backfill_end)
           .takes("map")
           .answers("map")},
      {method::put, base + "bulk/pause", writes, bulk(context, true),
       about("Pauses schedules.").takes("[text]").answers("BulkResponse")},
      {method::put, base + "bulk/resume", writes, bulk(context, false),
       about("Resumes schedules.").takes("[text]").answers("BulkResponse")},
      {method::get, base + "nextFewSchedules", reads, serve(context, next_few),
       about("The next instants of a cron expression.")
           .with(cron_expression, zone_id, schedule_start, schedule_end,
                 limit_argument)
           .answers("[int]")},
      {method::get, base + "search/executions", reads,
       serve(context, search_executions),
       about("Searches what schedules have started.")
           .with(query_argument, free_text, start_argument, size_argument, sort)
           .answers("SearchResult")},
      {method::get, base + "admin/pause", admin, hold(context, true),
       holding()},
      {method::post, base + "admin/pause", admin, hold(context, true),
       holding()},
      {method::get, base + "admin/resume", admin, hold(context, false),
       releasing()},
      {method::post, base + "admin/resume", admin, hold(context, false),
       releasing()},
      {method::get, base + "admin/requeue", admin, serve(context, requeue),
       about("What is still to be started.").answers("map")},
  };
}

} // namespace tutti::rest
