#include "api/rest/routes/start_headers.hpp"
#include "api/rest/routes/waiting.hpp"

#include <nlohmann/json.hpp>

// Starts whose client waits (reference:waiting).

namespace tutti::rest {

namespace workflow_execute_detail {

constexpr auto version_argument = number_of("version");
constexpr auto consistency
    = choice_of("consistency", "SYNCHRONOUS|DURABLE|REGION_DURABLE");

/// Accepted and without effect: every start is durable.
std::optional<failure> check_consistency(const exchange& x) {
  query_reader query(x);
  auto text = query.read(consistency);
  if (query.failure())
    return query.failure();
  for (auto known : {"", "SYNCHRONOUS", "DURABLE", "REGION_DURABLE"})
    if (text == known)
      return std::nullopt;
  return failure{
      errc::invalid,
      "query parameter 'consistency' must be SYNCHRONOUS, DURABLE or "
      "REGION_DURABLE, but is '"
          + text + "'"};
}

/// An execution with a definition of its own says so in its input.
void mark_dynamic(start_workflow_request& x) {
  if (!x.definition || x.definition->tasks.empty() || !x.input)
    return;
  auto input = x.input->json();
  input["_systemMetadata"] = {{"dynamic", true}};
  x.input = payload(std::move(input));
}

std::optional<int32_t> not_latest(int32_t version) {
  return version == 0 ? std::nullopt : std::optional(version);
}

// Name and version in the path win.
void execute(const context_pointer& context, exchange_pointer x,
             const path_params& path) {
  auto version = read_version(path["version"]);
  if (!version)
    return refuse(*x, version.failure());
  auto how = read_wait(*x);
  if (!how)
    return refuse(*x, how.failure());
  auto strategy = read_strategy(*x);
  if (!strategy)
    return refuse(*x, strategy.failure());
  how->wait.strategy = *strategy;
  if (auto why = check_consistency(*x))
    return refuse(*x, *why);
  auto request = read_start_request(x->body());
  if (!request)
    return refuse(*x, request.failure());
  request->name = path["name"];
  request->version = not_latest(*version);
  mark_dynamic(*request);
  auto kept = std::make_shared<execute_workflow>();
  kept->what = std::move(*request);
  kept->wait = std::move(how->wait);
  auto shape = [id = std::move(how->request_id)](waited&& got) {
    return signal_response(std::move(got), id);
  };
  auto then = [context, x, kept, shape](const std::optional<failure>& why) {
    if (why)
      return refuse(*x, *why);
    send_wait(*context, x, std::move(*kept), shape);
  };
  context->admission.check(kept->what, "startWorkflow.arg0", x->context(),
                           std::move(then));
}

response output_of(waited&& got) { return json(got.content.text()); }

void run(const context_pointer& context, exchange_pointer x,
         std::string_view name, payload input) {
  auto how = read_wait_headers(*x);
  if (!how)
    return refuse(*x, how.failure());
  query_reader query(*x);
  execute_workflow out;
  out.what.name = name;
  out.what.version = not_latest(query.read(version_argument).value_or(0));
  out.what.input = std::move(input);
  if (query.failure())
    return refuse(*x, *query.failure());
  if (auto why = read_idempotency(*x, out.what))
    return refuse(*x, *why);
  out.wait = std::move(how->wait);
  out.wait.output_only = true;
  send_wait(*context, std::move(x), std::move(out), output_of);
}

// The Orkes dialect: the body is the input, the answer the output.
void by_name(const context_pointer& context, exchange_pointer x,
             std::string_view name) {
  auto input = read_object(x->body(), "workflow input");
  if (!input)
    return refuse(*x, input.failure());
  run(context, std::move(x), name, std::move(*input));
}

// The query parameters are the input. HEAD must not start anything.
void by_query(const context_pointer& context, exchange_pointer x,
              std::string_view name) {
  if (x->method() == method::head)
    return x->reply(error(405, "HEAD starts no workflow"));
  auto input = nlohmann::json::object();
  for (auto& [key, value] : x->parameters())
    if (key != version_argument.name)
      input.emplace(std::string(key), std::string(value));
  run(context, std::move(x), name, payload(std::move(input)));
}

} // namespace workflow_execute_detail

route_table workflow_execute_routes(const context_pointer& context) {
  using namespace workflow_execute_detail;
  constexpr auto start = permission::workflow_start;
  const std::string named = "/api/workflow/execute/{name}";
  return {
      {method::post, named + "/{version}", start, serve(context, execute),
       about("Starts an execution and waits for it.")
           .with(wait_request_id, wait_references, wait_seconds,
                 return_strategy_argument, consistency)
           .takes("StartWorkflowRequest")
           .answers("SignalResponse")},
      {method::post, named, start, serve(context, by_name),
       about("The same by name; the body is the input, the answer the output.")
           .with(version_argument, wait_request_id_header,
                 wait_references_header, wait_seconds_header, idempotency_key,
                 on_conflict)
           .takes("map")
           .answers("map")},
      {method::get, named, start, serve(context, by_query),
       about("The same; the other parameters of the query are the input.")
           .with(version_argument, wait_request_id_header,
                 wait_references_header, wait_seconds_header, idempotency_key,
                 on_conflict)
           .answers("map")},
  };
}

} // namespace tutti::rest
