#include "api/rest/routes/waiting.hpp"

#include "api/rest/server/text.hpp"
#include "messages/model/json_writer.hpp"

#include <charconv>

namespace tutti::rest {

namespace waiting_detail {

constexpr int32_t default_seconds = 10;

std::string request_id_or_new(std::string_view given) {
  return given.empty() ? api::new_request_id() : std::string(given);
}

/// 0 is the default, as in Conductor.
result<int64_t> wait_ms_of(int32_t seconds) {
  if (seconds < 0)
    return failure{errc::invalid, "waitForSeconds must be 0 or greater, but is "
                                  "'" + std::to_string(seconds)
                                      + "'"};
  return int64_t(seconds == 0 ? default_seconds : seconds) * 1000;
}

std::vector<std::string> references_in(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto end = std::min(text.find(','), text.size());
    auto part = text.substr(0, end);
    auto begin = part.find_first_not_of(" \t");
    if (begin != part.npos)
      out.emplace_back(
          part.substr(begin, part.find_last_not_of(" \t") + 1 - begin));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

} // namespace waiting_detail

using namespace waiting_detail;

result<wait_query> read_wait(const exchange& x) {
  query_reader query(x);
  wait_query out;
  out.request_id = request_id_or_new(query.read(wait_request_id));
  out.wait.references = query.read(wait_references);
  auto seconds = query.read(wait_seconds);
  if (query.failure())
    return *query.failure();
  auto ms = wait_ms_of(seconds);
  if (!ms)
    return std::move(ms).failure();
  out.wait.wait_ms = *ms;
  return out;
}

result<wait_query> read_wait_headers(const exchange& x) {
  query_reader query(x);
  wait_query out;
  out.request_id = request_id_or_new(query.read(wait_request_id_header));
  out.wait.references = references_in(query.read(wait_references_header));
  int32_t seconds = default_seconds;
  auto text = query.read(wait_seconds_header);
  if (query.failure())
    return *query.failure();
  if (!text.empty()) {
    auto end_of_text = text.data() + text.size();
    auto [end, error] = std::from_chars(text.data(), end_of_text, seconds);
    if (error != std::errc() || end != end_of_text)
      return failure{errc::invalid, "header 'waitForSeconds' must be an "
                                    "integer, but is '"
                                        + text + "'"};
  }
  auto ms = wait_ms_of(seconds);
  if (!ms)
    return std::move(ms).failure();
  out.wait.wait_ms = *ms;
  return out;
}

result<return_strategy> read_strategy(const exchange& x) {
  query_reader query(x);
  auto text = query.read(return_strategy_argument);
  if (query.failure())
    return *query.failure();
  if (text.empty())
    return return_strategy::target_workflow;
  if (auto strategy = from_text<return_strategy>(text))
    return *strategy;
  return failure{errc::invalid,
                 "query parameter 'returnStrategy' must be TARGET_WORKFLOW, "
                 "BLOCKING_WORKFLOW, BLOCKING_TASK or BLOCKING_TASK_INPUT, but "
                 "is '"
                     + text + "'"};
}

// The workflow's or task's own members follow in the same object.
response signal_response(waited&& got, std::string_view request_id) {
  auto& content = got.content.text();
  std::string out;
  out.reserve(content.size() + 300);
  json_object_writer object(out);
  object.text("responseType", to_text(got.shown));
  object.text("targetWorkflowId", got.workflow_id);
  object.text("targetWorkflowStatus", to_text(got.status));
  object.text("requestId", request_id);
  object.boolean("signalTimeout", got.timed_out);
  if (content.size() > 2) {
    out += ',';
    out.append(content, 1);
  } else {
    object.close();
  }
  return json(std::move(out));
}

} // namespace tutti::rest
