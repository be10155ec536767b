#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "api/rest/routes/script_syntax.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace workflow_start_detail {

void send(gateway_port& gateway, exchange_pointer x,
          start_workflow_request request) {
  start_workflow what;
  what.request = std::move(request);
  what.done = answer_text(std::move(x));
  gateway.send(std::move(what));
}

void by_body(const route_context& context, exchange_pointer x) {
  auto request = read_start_request(x->body());
  if (!request)
    return refuse(*x, request.failure());
  auto found
      = tutti::validate(*request, "startWorkflow.arg0",
                        context.settings.validation, context.check_references);
  std::vector<script_to_check> scripts;
  if (request->definition)
    collect_scripts(scripts, *request->definition,
                    "startWorkflow.arg0.workflowDef");
  when_valid(context, std::move(x), std::move(found), std::move(scripts),
             [request = std::move(*request),
              gateway = context.gateway](exchange_pointer x) mutable {
               send(*gateway, std::move(x), std::move(request));
             });
}

// Headers of the Orkes dialect; without a key the strategy says nothing.
std::optional<failure> read_idempotency(const exchange& x,
                                        start_workflow_request& request) {
  request.idempotency_key = x.header("X-Idempotency-key").value_or("");
  auto strategy = x.header("X-on-conflict");
  if (!strategy || strategy->empty())
    return std::nullopt;
  request.idempotency_strategy = from_text<idempotency_strategy>(*strategy);
  if (request.idempotency_strategy)
    return std::nullopt;
  return failure{errc::invalid,
                 "header 'X-on-conflict' must be FAIL, RETURN_EXISTING or "
                 "FAIL_ON_RUNNING, but is '"
                     + std::string(*strategy) + "'"};
}

void by_name(const route_context& context, exchange_pointer x,
             std::string_view name) {
  query_reader query(*x);
  start_workflow_request request;
  request.name = name;
  request.version = query.version();
  request.correlation_id = query.text("correlationId");
  request.priority = query.number("priority", 0);
  if (query.failure())
    return refuse(*x, *query.failure());
  if (auto why = read_idempotency(*x, request))
    return refuse(*x, *why);
  if (request.priority < 0 || request.priority > 99)
    return refuse(
        *x, invalid_request({{"startWorkflow.arg3", "priority must be 0 to 99",
                              std::to_string(request.priority)}}));
  auto input = read_object(x->body(), "workflow input");
  if (!input)
    return refuse(*x, input.failure());
  request.input = std::move(*input);
  send(*context.gateway, std::move(x), std::move(request));
}

} // namespace workflow_start_detail

void add_workflow_start(route_table& to, const context_pointer& context) {
  namespace detail = workflow_start_detail;
  to.post("/api/workflow", [=](exchange_pointer x, auto&) {
    detail::by_body(*context, std::move(x));
  });
  to.post("/api/workflow/{name}",
          [=](exchange_pointer x, const path_params& path) {
            detail::by_name(*context, std::move(x), path["name"]);
          });
}

} // namespace tutti::rest
