#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/unknown_fields.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace workflow_start_detail {

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

// Headers of the Orkes dialect; the strategy is ignored without a key.
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

void by_name(const context_pointer& context, exchange_pointer x,
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
  post(*context, std::move(x), start_workflow{std::move(request)}, id_of);
}

} // namespace workflow_start_detail

route_table workflow_start_routes(const context_pointer& context) {
  using namespace workflow_start_detail;
  return {
      {method::post, "/api/workflow", permission::workflow_start,
       serve(context, by_body)},
      {method::post, "/api/workflow/{name}", permission::workflow_start,
       serve(context, by_name)},
  };
}

} // namespace tutti::rest
