#include "actors/metrics/exposition.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace tutti {

namespace exposition_detail {

prometheus::MetricType type_of(metric::kind x) {
  switch (x) {
    case metric::kind::counter:
      return prometheus::MetricType::Counter;
    case metric::kind::gauge:
      return prometheus::MetricType::Gauge;
    case metric::kind::histogram:
      return prometheus::MetricType::Histogram;
    case metric::kind::summary:
      return prometheus::MetricType::Summary;
  }
  return prometheus::MetricType::Untyped;
}

void fill(prometheus::ClientMetric& to, metric::kind what,
          metric::sample& sample) {
  switch (what) {
    case metric::kind::counter:
      to.counter.value = sample.value;
      break;
    case metric::kind::gauge:
      to.gauge.value = sample.value;
      break;
    case metric::kind::histogram:
      to.histogram.sample_sum = sample.value;
      for (auto& [most, count] : sample.buckets) {
        to.histogram.bucket.push_back({count, most});
        to.histogram.sample_count = count;
      }
      break;
    case metric::kind::summary:
      to.summary.sample_sum = sample.value;
      to.summary.sample_count = sample.count;
      for (auto& [quantile, value] : sample.quantiles)
        to.summary.quantile.push_back({quantile, value});
      break;
  }
}

prometheus::MetricFamily to_family(metric x) {
  prometheus::MetricFamily out;
  out.name = std::move(x.name);
  out.help = std::move(x.help);
  out.type = type_of(x.what);
  for (auto& sample : x.samples) {
    auto& to = out.metric.emplace_back();
    for (auto& [name, value] : sample.labels)
      to.label.push_back({name, value});
    fill(to, x.what, sample);
  }
  return out;
}

} // namespace exposition_detail

std::string exposition(std::vector<metric> x) {
  std::vector<prometheus::MetricFamily> all;
  all.reserve(x.size());
  for (auto& one : x)
    all.push_back(exposition_detail::to_family(std::move(one)));
  return prometheus::TextSerializer().Serialize(all);
}

} // namespace tutti
