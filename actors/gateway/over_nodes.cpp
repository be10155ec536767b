#include "actors/gateway/over_nodes.hpp"

#include "actors/gateway/event_queues.hpp"
#include "actors/search/search_everywhere.hpp"
#include "actors/support/scatter_gather.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace tutti {

namespace over_nodes_detail {

using nlohmann::json;
using answers = std::vector<json>; ///< this node's first

/// Sends the same request to all nodes. `here` asks this one.
template <class Request, class Here, class Finish>
void scatter(const actor_directory& to, const envelope<Request>& x, Here here,
             Finish finish) {
  using response = typename Request::response;
  auto others = to.other_nodes();
  auto parts = scatter_gather<response>::create(
      others.size() + 1,
      [done = x.done, finish](std::vector<result<response>> got) {
        for (auto& part : got)
          if (!part)
            return done(std::move(part).failure());
        finish(std::move(got));
      });
  here(x.with(scatter_gather<response>::slot(parts, 0)));
  for (size_t i = 0; i < others.size(); ++i)
    to.tell_node(others[i],
                 x.with(scatter_gather<response>::slot(parts, i + 1)));
}

/// The same for documents; `merge` makes one of them.
template <class Request, class Merge>
void merge_documents(const gateway_context_pointer& in, envelope<Request> x,
                     Merge merge) {
  auto& to = *in->directory;
  if (to.other_nodes().empty())
    return to.tell(std::move(x));
  scatter(
      to, x, [&to](envelope<Request> ask) { to.tell(std::move(ask)); },
      [done = x.done, merge](std::vector<result<document>> got) {
        answers all;
        for (auto& part : got)
          all.push_back(json::parse(part->text, nullptr, false));
        done(merge(std::move(all)));
      });
}

document text_of(const json& x) { return document{to_text(x)}; }

/// Numbers are added, objects are joined, whatever else is the first one's.
void add(json& to, const json& x) {
  if (to.is_number_integer() && x.is_number_integer())
    to = to.get<int64_t>() + x.get<int64_t>();
  else if (to.is_object() && x.is_object())
    for (auto& [key, value] : x.items())
      to.contains(key) ? add(to[key], value) : void(to[key] = value);
}

document sum(answers all) {
  auto out = std::move(all.front());
  for (size_t i = 1; i < all.size(); ++i)
    add(out, all[i]);
  return text_of(out);
}

std::vector<std::string> all_nodes(const actor_directory& in) {
  auto out = in.other_nodes();
  out.insert(out.begin(), in.node_name());
  return out;
}

/// This node's members and `nodes` with all.
auto by_node(const gateway_context_pointer& in) {
  return [nodes = all_nodes(*in->directory)](answers all) {
    auto out = all.front();
    for (size_t i = 0; i < all.size(); ++i)
      out["nodes"][nodes[i]] = std::move(all[i]);
    return text_of(out);
  };
}

json joined(answers all) {
  auto out = json::array();
  for (auto& list : all)
    for (auto& x : list)
      out.push_back(std::move(x));
  return out;
}

template <class Less>
void sort(json& list, Less less) {
  auto& items = list.get_ref<json::array_t&>();
  std::ranges::stable_sort(items, less);
}

document latest_polls(answers all) {
  std::map<std::pair<std::string, std::string>, json> latest;
  for (auto& x : joined(std::move(all))) {
    auto& kept = latest[{x.value("queueName", ""), x.value("domain", "")}];
    if (kept.is_null()
        || kept.value("lastPollTime", int64_t{0})
               < x.value("lastPollTime", int64_t{0}))
      kept = std::move(x);
  }
  auto out = json::array();
  for (auto& [key, x] : latest)
    out.push_back(std::move(x));
  return text_of(out);
}

/// A line per type and hour.
document rollups(answers all) {
  auto out = all.front();
  std::map<std::pair<std::string, int64_t>, json> lines;
  for (auto& part : all)
    for (auto& x : part["results"]) {
      auto& line
          = lines[{x.value("workflowType", ""), x.value("hour", int64_t{0})}];
      if (line.is_null()) {
        line = std::move(x);
        continue;
      }
      auto more = x.value("count", int64_t{0}),
           had = line.value("count", int64_t{0});
      auto total = std::max<int64_t>(had + more, 1);
      auto mean = [&](const char* name) {
        return (line.value(name, 0.0) * double(had)
                + x.value(name, 0.0) * double(more))
               / double(total);
      };
      auto rate = mean("failureRate"), ms = mean("meanMs");
      add(line["counts"], x["counts"]);
      line["count"] = had + more;
      line["failureRate"] = rate;
      line["meanMs"] = int64_t(ms);
      for (auto name : {"p50Ms", "p99Ms"})
        line[name]
            = std::max(line.value(name, int64_t{0}), x.value(name, int64_t{0}));
    }
  out["results"] = json::array();
  for (auto& [key, line] : lines)
    out["results"].push_back(std::move(line));
  return text_of(out);
}

} // namespace over_nodes_detail

void ask_nodes(const gateway_context_pointer& in,
               envelope<read_queue_sizes> x) {
  using namespace over_nodes_detail;
  merge_documents(in, std::move(x), sum);
}

void ask_nodes(const gateway_context_pointer& in, envelope<read_queue_size> x) {
  using namespace over_nodes_detail;
  merge_documents(in, std::move(x), sum);
}

void ask_nodes(const gateway_context_pointer& in, envelope<list_queues> x) {
  using namespace over_nodes_detail;
  merge_documents(in, std::move(x), sum);
}

void ask_nodes(const gateway_context_pointer& in, envelope<requeue_tasks> x) {
  using namespace over_nodes_detail;
  merge_documents(in, std::move(x), sum);
}

void ask_nodes(const gateway_context_pointer& in, envelope<describe_queues> x) {
  using namespace over_nodes_detail;
  auto merge = [nodes = all_nodes(*in->directory)](answers all) {
    for (size_t i = 0; i < all.size(); ++i)
      for (auto& x : all[i])
        x["node"] = nodes[i];
    return text_of(joined(std::move(all)));
  };
  merge_documents(in, std::move(x), merge);
}

void ask_nodes(const gateway_context_pointer& in, envelope<read_poll_data> x) {
  using namespace over_nodes_detail;
  merge_documents(in, std::move(x), latest_polls);
}

void ask_nodes(const gateway_context_pointer& in,
               envelope<peek_event_queue> x) {
  using namespace over_nodes_detail;
  auto here = [in](const envelope<peek_event_queue>& ask) {
    peek_here(*in->readers, in->settings.answer_bytes_max, ask);
  };
  if (in->directory->other_nodes().empty())
    return here(x);
  auto finish = [done = x.done,
                 count = x.request.count](std::vector<result<document>> got) {
    answers all;
    for (auto& part : got)
      all.push_back(json::parse(part->text, nullptr, false));
    auto list = joined(std::move(all));
    sort(list, [](const json& a, const json& b) {
      return a.value("publishedAt", "") < b.value("publishedAt", "");
    });
    if (list.size() > count)
      list.erase(list.begin() + std::ptrdiff_t(count), list.end());
    done(text_of(list));
  };
  scatter(*in->directory, x, here, finish);
}

void ask_nodes(const gateway_context_pointer& in, envelope<read_retention> x) {
  using namespace over_nodes_detail;
  merge_documents(in, std::move(x), by_node(in));
}

void ask_nodes(const gateway_context_pointer& in, envelope<run_retention> x) {
  using namespace over_nodes_detail;
  merge_documents(in, std::move(x), by_node(in));
}

// A page ends where the first node's page ends: what is older may be missing.
void ask_nodes(const gateway_context_pointer& in, envelope<list_archived> x) {
  using namespace over_nodes_detail;
  auto& to = *in->directory;
  if (to.other_nodes().empty())
    return to.tell(std::move(x));
  auto finish = [done = x.done,
                 most = size_t(std::max<int64_t>(x.request.count, 1))](
                    std::vector<result<document>> got) {
    answers all;
    document out;
    for (auto& part : got) {
      all.push_back(json::parse(part->text, nullptr, false));
      out.next = std::max(out.next, part->next);
    }
    auto ended = [](const json& x) { return x.value("endTime", int64_t{0}); };
    auto list = joined(std::move(all));
    sort(list,
         [&](const json& a, const json& b) { return ended(a) > ended(b); });
    while (!list.empty() && ended(list.back()) < out.next)
      list.erase(list.size() - 1);
    if (list.size() > most) {
      auto cut = ended(list[most]);
      list.erase(list.begin() + std::ptrdiff_t(most), list.end());
      while (list.size() > 1 && ended(list.back()) == cut
             && ended(list.front()) != cut)
        list.erase(list.size() - 1);
      out.next = ended(list.back());
    }
    out.text = to_text(list);
    done(std::move(out));
  };
  scatter(
      to, x, [&to](envelope<list_archived> ask) { to.tell(std::move(ask)); },
      finish);
}

void ask_nodes(const gateway_context_pointer& in, envelope<search_index> x) {
  using namespace over_nodes_detail;
  search_everywhere(in->directory, std::move(x));
}

void ask_nodes(const gateway_context_pointer& in,
               envelope<summarize_executions> x) {
  using namespace over_nodes_detail;
  merge_documents(in, std::move(x), rollups);
}

void ask_nodes(const gateway_context_pointer& in,
               envelope<read_index_status> x) {
  using namespace over_nodes_detail;
  merge_documents(in, std::move(x), by_node(in));
}

void ask_nodes(const gateway_context_pointer& in, envelope<rebuild_index> x) {
  using namespace over_nodes_detail;
  auto& to = *in->directory;
  scatter(
      to, x, [&to](envelope<rebuild_index> ask) { to.tell(std::move(ask)); },
      [done = x.done](std::vector<result<tutti::done>>) {
        done(tutti::done{});
      });
}

void advance_other_clocks(const gateway_context& in,
                          const envelope<advance_clock>& x) {
  using namespace over_nodes_detail;
  scatter(
      *in.directory, x,
      [](const envelope<advance_clock>& moved) { moved.done(done{}); },
      [done = x.done](std::vector<result<tutti::done>>) {
        done(tutti::done{});
      });
}

void peek_here(storage::readers& by, size_t bytes_max,
               const envelope<peek_event_queue>& x) {
  storage::read<document>(
      by,
      [what = x.request, bytes_max](const storage::store& from) {
        return peek_messages(from, what, bytes_max);
      },
      x.done);
}

} // namespace tutti
