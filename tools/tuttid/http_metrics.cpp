#include "tools/tuttid/http_metrics.hpp"

namespace tutti::daemon {

metric_source http_metrics(const rest::server& from) {
  return [counts = from.counts(), bodies = from.bodies()] {
    using kind = metric::kind;
    std::vector<metric> out;
    auto add = [&](const char* name, const char* help, kind what, double x) {
      out.push_back({name, help, what, {{{}, x}}});
    };
    add("tutti_http_connections", "Connections that are open", kind::gauge,
        double(counts->connections.load()));
    add("tutti_http_requests_total", "Requests that a route was given",
        kind::counter, double(counts->requests.load()));
    add("tutti_http_requests_waiting", "Requests that wait for their answer",
        kind::gauge, double(counts->waiting.load()));
    add("tutti_http_body_bytes", "Bytes of bodies under way", kind::gauge,
        double(bodies->used()));
    add("tutti_http_unsent_bytes", "Bytes of answers that nobody has read",
        kind::gauge, double(counts->unsent.load()));
    metric refused{"tutti_http_refused_total",
                   "Requests and connections that no route was given",
                   kind::counter,
                   {}};
    for (size_t i = 0; i < counts->refusals.size(); ++i) {
      auto reason = std::string(to_text(rest::refusal(i)));
      refused.samples.push_back({{{"reason", std::move(reason)}},
                                 double(counts->refusals[i].load())});
    }
    out.push_back(std::move(refused));
    return out;
  };
}

} // namespace tutti::daemon
