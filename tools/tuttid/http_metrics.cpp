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

metric_source
route_metrics(std::vector<std::shared_ptr<const rest::route_figures>> routes) {
  return [routes = std::move(routes)] {
    using kind = metric::kind;
    metric answers{"tutti_http_responses_total",
                   "Answers of a route, by the first digit of their status",
                   kind::counter,
                   {}};
    metric seconds{"tutti_http_response_seconds",
                   "From the end of a request until its answer",
                   kind::histogram,
                   {}};
    metric errors{"workflow_server_error_total",
                  "Requests that failed inside the node",
                  kind::counter,
                  {}};
    for (auto& x : routes) {
      auto took = x->seconds();
      if (took.count() == 0)
        continue;
      std::map<std::string, std::string> labels{{"method", x->method},
                                                {"route", x->pattern}};
      seconds.samples.push_back(sample_of(std::move(took), labels));
      for (size_t digit = 1; digit <= 5; ++digit) {
        if (x->answers(digit) == 0)
          continue;
        labels["status"] = std::to_string(digit) + "xx";
        answers.samples.push_back({labels, double(x->answers(digit))});
      }
      if (x->failed() > 0)
        errors.samples.push_back(
            {{{"class", "rest"}, {"methodName", x->method + ' ' + x->pattern}},
             double(x->failed())});
    }
    return std::vector<metric>{std::move(answers), std::move(seconds),
                               std::move(errors)};
  };
}

} // namespace tutti::daemon
