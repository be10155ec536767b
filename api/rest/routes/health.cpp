#include "api/rest/routes/route_table.hpp"

namespace tutti::rest {

void add_health(route_table& to, const context_pointer& context) {
  auto health = [](exchange_pointer x, const path_params&) {
    x->reply(json("{\"healthResults\":[],\"suppressedHealthResults\":[],"
                  "\"healthy\":true}"));
  };
  to.get("/health", health); // where the CLI of Conductor looks
  to.get("/api/health", health);
  if (context->metrics) {
    auto metrics = [=](exchange_pointer x, const path_params&) {
      x->reply(text(context->metrics()));
    };
    to.get("/metrics", metrics);
    to.get("/actuator/prometheus", metrics); // where Conductor has them
    to.get("/api/tutti/metrics", metrics);
  }
  to.get("/api/version", [=](exchange_pointer x, const path_params&) {
    x->reply(text(context->settings.version));
  });
}

} // namespace tutti::rest
