#include "api/rest/routes/route_groups.hpp"

namespace tutti::rest {

namespace health_detail {

void health(const context_pointer&, exchange_pointer x) {
  x->reply(json("{\"healthResults\":[],\"suppressedHealthResults\":[],"
                "\"healthy\":true}"));
}

void metrics(const context_pointer& context, exchange_pointer x) {
  x->reply(text(context->metrics()));
}

void version(const context_pointer& context, exchange_pointer x) {
  x->reply(text(context->settings.version));
}

} // namespace health_detail

route_table health_routes(const context_pointer& context) {
  using namespace health_detail;
  route_table out{
      // The path that Conductor's CLI uses.
      {method::get, "/health", permission::public_, serve(context, health)},
      {method::get, "/api/health", permission::public_, serve(context, health)},
      {method::get, "/api/version", permission::public_,
       serve(context, version)},
  };
  if (context->metrics)
    for (auto* pattern : {"/metrics",
                          "/actuator/prometheus", // where Conductor has them
                          "/api/tutti/metrics"})
      out.emplace_back(method::get, pattern, permission::public_,
                       serve(context, metrics));
  return out;
}

} // namespace tutti::rest
