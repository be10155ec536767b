#include "actors/search/search_service.hpp"

#include "messages/model/json_writer.hpp"
#include "messages/model/query/binder.hpp"
#include "messages/model/query/fields.hpp"
#include "messages/model/query/known_part.hpp"
#include "messages/model/query/query_bounds.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

namespace search_service_detail {

constexpr int64_t hour_ms = 3'600'000;

query::filter of_classifiers(const std::vector<std::string>& all) {
  query::filter out;
  if (!all.empty()
      && std::find(all.begin(), all.end(), "workflow") == all.end())
    out.what = query::filter::kind::nothing;
  return out;
}

query::filter of_top_level() {
  query::filter out;
  out.what = query::filter::kind::field;
  out.of = query::field::parent_workflow_id;
  out.how = query::test::is_null;
  return out;
}

int64_t hour_of(int64_t ms) {
  auto rest = ms % hour_ms;
  return ms - (rest < 0 ? rest + hour_ms : rest);
}

const char* name_of(search_index::subject x) {
  switch (x) {
    case search_index::subject::workflows:
      return "workflows";
    case search_index::subject::tasks:
      return "tasks";
    case search_index::subject::workflows_of_tasks:
      return "workflows_of_tasks";
  }
  return "";
}

const char* name_of(index_keeper::phase x) {
  switch (x) {
    case index_keeper::phase::opening:
      return "OPENING";
    case index_keeper::phase::ready:
      return "READY";
    case index_keeper::phase::building:
      return "BUILDING";
    case index_keeper::phase::closed:
      return "CLOSED";
  }
  return "";
}

void put(nlohmann::json& out, const index::rollup& x) {
  using status = workflow_status;
  uint64_t failed = 0;
  auto& counts = out["counts"] = nlohmann::json::object();
  for (auto& [which, count] : x.counts) {
    counts[std::string(to_text(which))] = count;
    if (which == status::failed || which == status::timed_out)
      failed += count;
  }
  out["workflowType"] = x.type;
  if (x.hour > 0)
    out["hour"] = x.hour;
  out["count"] = x.count;
  out["failureRate"] = x.count > 0 ? double(failed) / double(x.count) : 0.0;
  out["meanMs"] = x.count > 0 ? x.total_ms / int64_t(x.count) : 0;
  out["p50Ms"] = x.p50;
  out["p99Ms"] = x.p99;
}

} // namespace search_service_detail

search_service::search_service(search_settings how, ports of)
    : settings_(std::move(how)), ports_(std::move(of)), bodies_(ports_.shards),
      pool_(settings_.threads, settings_.waiting_max, "search") {}

void search_service::submit(std::function<void()> work,
                            const std::function<void(failure)>& refuse) {
  if (!pool_.submit(std::move(work)))
    refuse({errc::too_many, "too many searches wait for their turn "
                            "(index.searches_waiting_max), try again"});
}

void search_service::find(envelope<search_index> x, lag behind) {
  auto done = x.done;
  submit([me = shared_from_this(), x = std::move(x),
          behind] { me->run(x, behind); },
         [done](failure why) { done(std::move(why)); });
}

result<search_service::question>
search_service::read(const search_index& x) const {
  bool of_tasks = x.what != search_index::subject::workflows;
  question out;
  auto& what = out.what;
  what.subject = of_tasks ? query::subject::tasks : query::subject::workflows;
  what.executions_of_tasks
      = x.what == search_index::subject::workflows_of_tasks;
  query::binding how{what.subject, x.at > 0 ? x.at : ports_.clock->now_ms(),
                     x.conductor};
  query::rules rules{settings_.query, x.conductor};
  auto parsed = query::parse(x.query, rules);
  if (!parsed)
    return std::move(parsed).failure();
  if (x.conductor)
    parsed = query::known_part(std::move(*parsed), what.subject, out.warnings);
  auto filter = query::bind(*parsed, how, out.warnings);
  if (!filter)
    return std::move(filter).failure();
  auto text = query::parse_free_text(x.free_text, rules);
  auto words = text ? query::bind(*text, how, out.warnings)
                    : result<query::filter>(text.failure());
  if (!words)
    return failure{words.failure().code,
                   "freeText: " + words.failure().message};
  what.filter = query::both(std::move(*filter), std::move(*words));
  what.filter
      = query::both(std::move(what.filter),
                    search_service_detail::of_classifiers(x.classifiers));
  if (x.top_level_only && !of_tasks)
    what.filter = query::both(std::move(what.filter),
                              search_service_detail::of_top_level());
  auto sort = query::parse_sort(x.sort, how, out.warnings);
  if (!sort)
    return std::move(sort).failure();
  what.sort = std::move(*sort);
  if (what.sort.empty())
    what.sort.push_back(
        {of_tasks ? query::field::task_update_time : query::field::start_time,
         true});
  for (auto& name : x.facets) {
    auto facet = query::parse_facet(name, what.subject);
    if (!facet)
      return std::move(facet).failure();
    what.facets.push_back(*facet);
  }
  if (x.start < 0 || x.count < 0)
    return failure{errc::invalid, "start and size are 0 or more"};
  what.start = uint64_t(x.start);
  what.count = std::min<uint64_t>(uint64_t(x.count), settings_.page_max);
  what.cursor = x.cursor;
  what.facet_values_max = settings_.facet_values_max;
  what.patience = settings_.patience;
  what.places = x.places;
  return out;
}

void search_service::note_bound(const failure& why) const {
  if (why.code != errc::too_large || !ports_.reached)
    return;
  for (auto* bound : bounds::of_queries)
    if (why.message.find(bound->setting) != std::string::npos)
      ports_.reached->add(*bound);
}

void search_service::run(const envelope<search_index>& x, lag behind) {
  auto since = std::chrono::steady_clock::now();
  auto what = read(x.request);
  if (!what) {
    note_bound(what.failure());
    return x.done(std::move(what).failure());
  }
  auto hits = ports_.keeper->index().find(what->what);
  count(x.request.what, since, bool(hits));
  if (!hits)
    return x.done(std::move(hits).failure());
  search_result out;
  out.total = hits->total;
  out.cursor = hits->cursor;
  out.warnings = std::move(what->warnings);
  out.behind = behind.entries;
  out.behind_ms = behind.ms;
  for (auto& facet : hits->facets)
    out.facets.push_back({std::string(query::info_of(facet.of).name),
                          std::move(facet.value), facet.count});
  answer(x, std::move(*hits), std::move(out));
}

void search_service::answer(const envelope<search_index>& x, index::hits hits,
                            search_result out) {
  if (x.request.as == search_index::form::ids || hits.items.empty()) {
    for (auto& hit : hits.items)
      out.items.push_back(
          std::move(hit.task_id.empty() ? hit.workflow_id : hit.task_id));
    out.places = std::move(hits.places);
    return x.done(std::move(out));
  }
  auto places = std::move(hits.places);
  auto work = [me = shared_from_this(), as = x.request.as,
               hits = std::move(hits)](const storage::store& from) {
    return me->bodies_.read(from, hits.items, as,
                            me->settings_.answer_bytes_max);
  };
  // Conductor's own forms do not count what they could not read.
  bool exact = x.request.as == search_index::form::whole;
  auto then = [done = x.done, out = std::move(out), exact,
               places](result<found_bodies::page> got) mutable {
    if (!got)
      return done(std::move(got).failure());
    out.items = std::move(got->items);
    for (auto hit : got->hits)
      if (!places.empty())
        out.places.push_back(std::move(places[hit]));
    if (exact)
      out.total -= std::min(out.total, got->gone);
    done(std::move(out));
  };
  storage::read<found_bodies::page>(*ports_.readers, std::move(work),
                                    std::move(then));
}

void search_service::summarize(envelope<summarize_executions> x) {
  auto done = x.done;
  auto work = [me = shared_from_this(), x = std::move(x)] {
    using namespace search_service_detail;
    auto now = me->ports_.clock->now_ms();
    index::rollup_question what;
    what.type = x.request.name;
    what.to = hour_of(x.request.to > 0 ? x.request.to : now);
    what.from
        = hour_of(x.request.from > 0 ? x.request.from : what.to - 24 * hour_ms);
    what.by_hour = x.request.by_hour;
    what.lines_max = me->settings_.rollup_lines_max;
    auto lines = me->ports_.keeper->index().summarize(what);
    if (!lines)
      return x.done(std::move(lines).failure());
    auto out = nlohmann::json{{"from", what.from},
                              {"to", what.to + hour_ms},
                              {"results", nlohmann::json::array()}};
    for (auto& line : *lines)
      put(out["results"].emplace_back(), line);
    x.done(document{to_text(out)});
  };
  submit(std::move(work), [done](failure why) { done(std::move(why)); });
}

void search_service::describe(envelope<read_index_status> x) {
  auto done = x.done;
  auto work = [me = shared_from_this(), x = std::move(x)] {
    auto status = me->ports_.keeper->report();
    nlohmann::json out{{"state", search_service_detail::name_of(status.now)},
                       {"behind", status.behind},
                       {"behindMs", status.behind_ms},
                       {"applied", status.applied},
                       {"rebuilds", status.rebuilds}};
    if (status.now == index_keeper::phase::building)
      out["building"] = {{"executions", status.built},
                         {"of", status.building_of},
                         {"shards", status.built_shards},
                         {"shardsOf", status.shards}};
    if (!status.why.empty())
      out["lastError"] = status.why;
    if (auto figures = me->ports_.keeper->index().count()) {
      out["workflows"] = figures->workflows;
      out["tasks"] = figures->tasks;
      out["bytes"] = figures->bytes;
    }
    x.done(document{to_text(out)});
  };
  submit(std::move(work), [done](failure why) { done(std::move(why)); });
}

void search_service::count(search_index::subject of,
                           std::chrono::steady_clock::time_point since,
                           bool good) {
  using std::chrono::microseconds;
  auto& x = figures_[size_t(of)];
  ++(good ? x.good : x.failed);
  x.micros += uint64_t(std::chrono::duration_cast<microseconds>(
                           std::chrono::steady_clock::now() - since)
                           .count());
}

std::vector<metric> search_service::metrics() const {
  using kind = metric::kind;
  metric searches{
      "tutti_searches_total", "Searches of the index", kind::counter, {}};
  metric seconds{"tutti_search_seconds_total",
                 "Time that searches of the index took",
                 kind::counter,
                 {}};
  for (size_t i = 0; i < figures_.size(); ++i) {
    auto of = search_service_detail::name_of(search_index::subject(i));
    auto& x = figures_[i];
    searches.samples.push_back(
        {{{"of", of}, {"outcome", "ok"}}, double(x.good.load())});
    searches.samples.push_back(
        {{{"of", of}, {"outcome", "failed"}}, double(x.failed.load())});
    seconds.samples.push_back({{{"of", of}}, double(x.micros.load()) / 1e6});
  }
  return {searches, seconds,
          metric{"tutti_searches_waiting",
                 "Searches that wait for a thread",
                 kind::gauge,
                 {{{}, double(pool_.count().waiting)}}}};
}

} // namespace tutti
