#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/start_headers.hpp"
#include "api/rest/routes/unknown_fields.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace workflow_start_detail {

constexpr auto version_argument = number_of("version");
constexpr auto correlation_id = text_of("correlationId");
constexpr auto priority = number_of("priority", 0, "0");

response id_of(started&& got) { return text(std::move(got.workflow_id)); }

void by_body(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  unknown_fields unknown(query);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto request = read_start_request(x->body(), unknown.found());
  if (!request)
    return refuse(*x, request.failure());
  if (auto why = unknown.refusal())
    return refuse(*x, *why);
  auto kept = std::make_shared<start_workflow_request>(std::move(*request));
  auto shape = unknown.with_warnings(id_of);
  auto then = [context, x, kept, shape](const std::optional<failure>& why) {
    if (why)
      return refuse(*x, *why);
    post(*context, x, start_workflow{std::move(*kept)}, shape);
  };
  context->admission.check(*kept, "startWorkflow.arg0", x->context(),
                           std::move(then));
}

void start_named(const context_pointer& context, exchange_pointer x,
                 std::string_view name, std::optional<int32_t> version) {
  query_reader query(*x);
  start_workflow_request request;
  request.name = name;
  request.version = version;
  request.correlation_id = query.read(correlation_id);
  request.priority = query.read(priority);
  if (query.failure())
    return refuse(*x, *query.failure());
  if (auto why = read_idempotency(*x, request))
    return refuse(*x, *why);
  if (auto why = check_priority(request.priority, "startWorkflow.arg3"))
    return refuse(*x, *why);
  auto input = read_object(x->body(), "workflow input");
  if (!input)
    return refuse(*x, input.failure());
  request.input = std::move(*input);
  post(*context, std::move(x), start_workflow{std::move(request)}, id_of);
}

void by_name(const context_pointer& context, exchange_pointer x,
             std::string_view name) {
  query_reader query(*x);
  auto version = query.read(version_argument);
  if (query.failure())
    return refuse(*x, *query.failure());
  start_named(context, std::move(x), name, version);
}

// The Orkes dialect; version 0 is the latest.
void by_name_and_version(const context_pointer& context, exchange_pointer x,
                         const path_params& path) {
  auto version = read_version(path["version"]);
  if (!version)
    return refuse(*x, version.failure());
  std::optional<int32_t> wanted;
  if (*version != 0)
    wanted = *version;
  start_named(context, std::move(x), path["name"], wanted);
}

} // namespace workflow_start_detail

route_table workflow_start_routes(const context_pointer& context) {
  using namespace workflow_start_detail;
  return {
      {method::post, "/api/workflow", permission::workflow_start,
       serve(context, by_body),
       about("Starts an execution; answers its id.")
           .with(strict)
           .takes("StartWorkflowRequest")
           .answers("text")},
      {method::post, "/api/workflow/{name}", permission::workflow_start,
       serve(context, by_name),
       about("Starts an execution by name; the body is its input.")
           .with(version_argument, correlation_id, priority, idempotency_key,
                 on_conflict)
           .takes("map")
           .answers("text")},
      {method::post, "/api/workflow/start/{name}/{version}",
       permission::workflow_start, serve(context, by_name_and_version),
       about("The same of a version; 0 is the latest.")
           .with(correlation_id, priority, idempotency_key, on_conflict)
           .takes("map")
           .answers("text")},
  };
}

} // namespace tutti::rest
