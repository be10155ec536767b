#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace event_queue_detail {

constexpr int64_t shown_max = 1'000;

int list(session& s, const std::string& queue, int64_t count) {
  auto answer = s.api().call_json(
      "GET", api_path({"tutti", "event-queues", queue, "messages"},
                      {{"count", std::to_string(count)}}));
  if (!answer)
    return failed(answer.failure());
  view look{{text_column("ID", "id"), value_column("MESSAGE", "payload")},
            "id"};
  look.none = "no message is in it";
  return s.show(*answer, look);
}

int acknowledge(session& s, const std::string& queue,
                const std::vector<std::string>& ids) {
  exit_tally tally;
  auto rows = json::array();
  for (auto& id : ids) {
    auto answer = s.api().call(
        "DELETE", api_path({"tutti", "event-queues", queue, "messages", id}));
    tally.add(answer ? exit_done : failed(answer.failure()));
    if (answer)
      rows.push_back({{"id", id}, {"result", "acknowledged"}});
  }
  s.show(rows,
         {{text_column("ID", "id"), text_column("RESULT", "result")}, "id"});
  return tally.exit_code();
}

} // namespace event_queue_detail

void add_event_queue(CLI::App& app, session& s) {
  using namespace event_queue_detail;
  auto* noun = app.add_subcommand("event-queue", "what EVENT tasks published");
  noun->require_subcommand(1);
  auto queue = std::make_shared<std::string>();
  auto* verb = noun->add_subcommand("list", "messages, the oldest first");
  verb->add_option("QUEUE", *queue, "its name")->required();
  auto count = std::make_shared<int64_t>(10);
  verb->add_option("--count", *count, "how many, 1000 at most")
      ->check(CLI::Range(int64_t{1}, shown_max))
      ->capture_default_str();
  examples(verb, {"tutti event-queue list orders --count 100 -o ndjson"});
  verb->callback([=, &s] { s.exit_code = list(s, *queue, *count); });

  verb = noun->add_subcommand("ack", "take messages out");
  verb->add_option("QUEUE", *queue, "its name")->required();
  auto ids = std::make_shared<std::vector<std::string>>();
  verb->add_option("ID", *ids, "of the messages")->required();
  examples(verb, {"tutti event-queue ack orders ID"});
  verb->callback([=, &s] { s.exit_code = acknowledge(s, *queue, *ids); });
}

} // namespace tutti::cli
