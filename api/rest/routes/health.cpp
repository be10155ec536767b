#include "api/rest/routes/route_groups.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace health_detail {

constexpr uint16_t unavailable = 503;

void ask(const context_pointer& context,
         std::function<void(const health_report&)> done) {
  if (context->health)
    context->health(std::move(done));
  else
    done({});
}

/// As Conductor's: what is well is not listed.
std::string health_text(const health_report& x) {
  std::string out = "{\"healthResults\":[";
  for (auto& part : x.parts) {
    if (part.healthy())
      continue;
    out += out.back() == '[' ? "{\"details\":{\"part\":"
                             : ",{\"details\":{\"part\":";
    write_string(out, part.name);
    out += "},\"errorMessage\":";
    write_string(out, part.name + ": " + part.error);
    out += ",\"healthy\":false}";
  }
  out += "],\"suppressedHealthResults\":[],\"healthy\":";
  return out + (x.healthy() ? "true}" : "false}");
}

void health(const context_pointer& context, exchange_pointer x) {
  ask(context, [x = std::move(x)](const health_report& got) {
    x->reply(json(health_text(got), got.healthy() ? 200 : unavailable));
  });
}

std::string readiness_text(const health_report& x, bool ready) {
  std::string out = ready ? "{\"ready\":true" : "{\"ready\":false";
  out += ",\"parts\":[";
  for (auto& part : x.parts) {
    out += out.back() == '[' ? "{\"name\":" : ",{\"name\":";
    write_string(out, part.name);
    out += part.healthy() ? ",\"healthy\":true"
                          : ",\"healthy\":false,\"error\":";
    if (!part.healthy())
      write_string(out, part.error);
    out += '}';
  }
  out += "],\"notes\":[";
  for (auto& note : x.notes) {
    if (out.back() != '[')
      out += ',';
    write_string(out, note);
  }
  return out + "]}";
}

/// May this node be given work? Says of each part whether it has answered.
void readiness(const context_pointer& context, exchange_pointer x) {
  ask(context, [x = std::move(x),
                draining = context->draining](const health_report& got) {
    auto all = got;
    if (*draining)
      all.parts.push_back({"node", "it is stopping"});
    bool ready = all.healthy();
    x->reply(json(readiness_text(all, ready), ready ? 200 : unavailable));
  });
}

/// Does the process serve at all? Whoever asks this ends it when it does not
/// answer: neither a slow part nor a broken disk is a reason for that.
void liveness(const context_pointer&, exchange_pointer x) {
  x->reply(json("{\"alive\":true}"));
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
      {method::get, "/health", permission::public_, serve(context, health),
       about("Whether the node is well.").answers("HealthCheckStatus")},
      {method::get, "/api/health", permission::public_, serve(context, health),
       about("Whether the node is well.").answers("HealthCheckStatus")},
      {method::get, "/healthz", permission::public_, serve(context, liveness),
       about("Whether the process serves requests at all.").answers("map")},
      {method::get, "/readyz", permission::public_, serve(context, readiness),
       about("Whether the node may be given work.").answers("map")},
      {method::get, "/api/version", permission::public_,
       serve(context, version), about("The version.").answers("text")},
  };
  if (context->metrics)
    for (auto* pattern : {"/metrics",
                          "/actuator/prometheus", // where Conductor has them
                          "/api/tutti/metrics"})
      out.emplace_back(method::get, pattern, permission::public_,
                       serve(context, metrics),
                       about("The metrics of the node.").answers("text"));
  return out;
}

} // namespace tutti::rest
