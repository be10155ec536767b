#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace tutti::cli {

using nlohmann::json;

namespace cluster_detail {

std::string state_of(const json& node) {
  if (node.value("self", false))
    return "this one";
  return node.value("connected", false) ? "connected" : "lost";
}

cell state_cell(const json& node) {
  auto state = state_of(node);
  return {state, state == "lost" ? tone::bad : tone::plain};
}

cell shards_cell(const json& node) {
  auto shards = text_at(node, "shards");
  return shards.empty() ? cell("none", tone::dim) : cell(shards);
}

result<json> read(session& s) {
  auto answer = s.api().call_json("GET", api_path({"tutti", "cluster"}));
  if (answer && !answer->value("clustered", false))
    note("the node is alone: it serves all shards (cluster.node)");
  return answer;
}

view nodes_view() {
  view out{{text_column("NODE", "name"), text_column("ADDRESS", "address"),
            made_column("STATE", state_cell), time_column("SINCE", "since"),
            made_column("SHARDS", shards_cell),
            number_column("IN FLIGHT", "inFlight"),
            number_column("ROUND TRIP US", "roundTripMicros"),
            text_column("VERSION", "version"), text_column("WHY", "lastError")},
           "name"};
  out.rows = [](const json& x) { return x.value("nodes", json::array()); };
  out.none = "there are no other nodes";
  return out;
}

int nodes(session& s) {
  auto answer = read(s);
  if (!answer)
    return failed(answer.failure());
  return s.show(*answer, nodes_view());
}

/// Fails when a node is lost, for scripts that wait for all of them.
int status(session& s) {
  auto answer = read(s);
  if (!answer)
    return failed(answer.failure());
  s.show(*answer, nodes_view());
  bool all = true;
  for (auto& node : answer->value("nodes", json::array()))
    all = all && state_of(node) != "lost";
  return all ? exit_done : exit_failed;
}

/// "0-5,9" of each node as one line per shard.
json lines_of(const json& cluster) {
  json out = json::array();
  for (auto& node : cluster.value("nodes", json::array())) {
    auto ranges = text_at(node, "shards");
    std::string_view left = ranges;
    while (!left.empty()) {
      auto part = left.substr(0, left.find(','));
      left.remove_prefix(std::min(part.size() + 1, left.size()));
      int first = 0;
      auto* end = part.data() + part.size();
      auto dash = std::from_chars(part.data(), end, first).ptr;
      int last = first;
      if (dash != end)
        std::from_chars(dash + 1, end, last);
      for (auto shard = first; shard <= last; ++shard)
        out.push_back({{"shard", shard},
                       {"node", text_at(node, "name")},
                       {"state", state_of(node)}});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) {
    return a.at("shard") < b.at("shard");
  });
  return out;
}

int shards(session& s) {
  auto answer = read(s);
  if (!answer)
    return failed(answer.failure());
  view look{{number_column("SHARD", "shard"), text_column("NODE", "node"),
             text_column("STATE", "state")},
            "shard"};
  look.none = "no shard is pinned to a node";
  return s.show(lines_of(*answer), look);
}

} // namespace cluster_detail

void add_cluster(CLI::App& app, session& s) {
  auto* noun
      = app.add_subcommand("cluster", "the nodes that are one Tutti together");
  noun->require_subcommand(1);
  auto* verb = noun->add_subcommand(
      "status", "the nodes as this one sees them; fails when one is lost");
  examples(verb, {"tutti cluster status", "tutti cluster status -o json"});
  verb->callback([&s] { s.exit_code = cluster_detail::status(s); });
  verb = noun->add_subcommand("nodes", "the same, and never fails for that");
  examples(verb, {"tutti cluster nodes -o name"});
  verb->callback([&s] { s.exit_code = cluster_detail::nodes(s); });
  verb = noun->add_subcommand("shards", "which node has which shard");
  examples(verb, {"tutti cluster shards"});
  verb->callback([&s] { s.exit_code = cluster_detail::shards(s); });
}

} // namespace tutti::cli
