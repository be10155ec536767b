#include "actors/metrics/counters.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <list>
#include <mutex>
#include <unordered_map>

namespace tutti {

namespace counters_detail {

using family = prometheus::Family<prometheus::Counter>;

struct series {
  std::string key; ///< family and values of the labels
  family* in = nullptr;
  prometheus::Counter* counter = nullptr;
};

std::string or_unknown(std::string_view x) {
  return x.empty() ? "unknown" : std::string(x);
}

} // namespace counters_detail

struct counters::impl {
  explicit impl(size_t most) : series_max(most) {}

  const size_t series_max;
  prometheus::Registry registry;
  mutable std::mutex mutex;
  std::vector<metric_source> sources;
  /// Counted longest ago first.
  std::list<counters_detail::series> order;
  /// The keys are views of those in `order`.
  std::unordered_map<std::string_view,
                     std::list<counters_detail::series>::iterator>
      known;
  uint64_t forgotten = 0;

  counters_detail::family& make(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  counters_detail::family& started
      = make("workflow_start_success_total", "Executions that were started");
  counters_detail::family& failed
      = make("workflow_failure_total", "Executions that ended without success");
  counters_detail::family& conflicts = make(
      "task_update_conflict_total", "Updates that came after the end of their "
                                    "task or execution");
  counters_detail::family& polls = make("task_poll_total", "Polls of workers");
  counters_detail::family& polls_by_domain
      = make("task_poll_count_total", "Polls of workers, by domain");

  template <class Labels>
  void count(counters_detail::family& in, std::string key, Labels labels) {
    key += static_cast<char>('0' + (&in == &started) + 2 * (&in == &failed)
                             + 3 * (&in == &conflicts) + 4 * (&in == &polls));
    std::lock_guard guard{mutex};
    auto found = known.find(key);
    if (found == known.end()) {
      while (known.size() >= series_max)
        forget_oldest();
      order.push_back({std::move(key), &in, &in.Add(labels())});
      auto last = std::prev(order.end());
      found = known.emplace(last->key, last).first;
    } else {
      order.splice(order.end(), order, found->second);
    }
    found->second->counter->Increment();
  }

  void forget_oldest() {
    auto& oldest = order.front();
    known.erase(oldest.key);
    oldest.in->Remove(oldest.counter);
    order.pop_front();
    ++forgotten;
  }
};

counters::counters(size_t series_max)
    : impl_(std::make_unique<impl>(series_max)),
      reached_(std::make_shared<reached_bounds>()) {
  add([reached = reached_] {
    metric out{"tutti_limit_reached_total",
               "Requests, tasks and executions that ended at a limit",
               metric::kind::counter,
               {}};
    for (auto& [setting, count] : reached->counts())
      out.samples.push_back({{{"limit", std::string(setting)}}, double(count)});
    return std::vector<metric>{std::move(out)};
  });
  add([this] {
    return std::vector<metric>{
        {"tutti_large_payloads_total",
         "Inputs and outputs of tasks beyond the size of the warning",
         metric::kind::counter,
         {{{}, double(large_payloads_)}}}};
  });
  add([this] {
    std::lock_guard guard{impl_->mutex};
    return std::vector<metric>{
        {"tutti_metric_series_forgotten_total",
         "Combinations of labels that were forgotten because there were too "
         "many (node.metric_series_max)",
         metric::kind::counter,
         {{{}, double(impl_->forgotten)}}}};
  });
}
counters::~counters() = default;

namespace counters_detail {

template <class... Texts>
std::string key_of(const Texts&... texts) {
  std::string out;
  ((out.append(texts), out += '\0'), ...);
  return out;
}

} // namespace counters_detail

using counters_detail::key_of;
using counters_detail::or_unknown;

void counters::workflow_started(std::string_view name, int32_t version,
                                std::string_view owner_app) {
  auto number = std::to_string(version);
  impl_->count(impl_->started, key_of(name, number, owner_app), [&] {
    return prometheus::Labels{{"workflowName", std::string(name)},
                              {"version", number},
                              {"ownerApp", or_unknown(owner_app)}};
  });
}

void counters::workflow_failed(std::string_view name, std::string_view status,
                               std::string_view owner_app) {
  impl_->count(impl_->failed, key_of(name, status, owner_app), [&] {
    return prometheus::Labels{{"workflowName", std::string(name)},
                              {"status", std::string(status)},
                              {"ownerApp", or_unknown(owner_app)}};
  });
}

void counters::update_came_late(std::string_view workflow_name,
                                std::string_view task_type,
                                std::string_view task_status,
                                std::string_view workflow_status) {
  auto key = key_of(workflow_name, task_type, task_status, workflow_status);
  impl_->count(impl_->conflicts, std::move(key), [&] {
    prometheus::Labels out{{"workflowName", std::string(workflow_name)},
                           {"taskType", std::string(task_type)}};
    if (workflow_status.empty())
      out["taskStatus"] = task_status;
    else
      out["workflowStatus"] = workflow_status;
    return out;
  });
}

void counters::polled(std::string_view task_type, std::string_view domain) {
  impl_->count(impl_->polls, key_of(task_type), [&] {
    return prometheus::Labels{{"taskType", std::string(task_type)}};
  });
  impl_->count(impl_->polls_by_domain, key_of(task_type, domain), [&] {
    return prometheus::Labels{
        {"taskType", std::string(task_type)},
        {"domain", domain.empty() ? "NO_DOMAIN" : std::string(domain)}};
  });
}

void counters::add(metric_source what) {
  std::lock_guard guard{impl_->mutex};
  impl_->sources.push_back(std::move(what));
}

namespace counters_detail {

prometheus::MetricFamily to_family(metric x) {
  using prometheus::MetricType;
  bool counts = x.what == metric::kind::counter;
  bool spreads = x.what == metric::kind::histogram;
  prometheus::MetricFamily out;
  out.name = std::move(x.name);
  out.help = std::move(x.help);
  out.type = spreads  ? MetricType::Histogram
             : counts ? MetricType::Counter
                      : MetricType::Gauge;
  for (auto& sample : x.samples) {
    auto& to = out.metric.emplace_back();
    for (auto& [name, value] : sample.labels)
      to.label.push_back({name, value});
    if (!spreads) {
      (counts ? to.counter.value : to.gauge.value) = sample.value;
      continue;
    }
    to.histogram.sample_sum = sample.value;
    for (auto& [most, count] : sample.buckets) {
      to.histogram.bucket.push_back({count, most});
      to.histogram.sample_count = count;
    }
  }
  return out;
}

} // namespace counters_detail

std::string counters::text() const {
  auto all = impl_->registry.Collect();
  std::vector<metric_source> sources;
  {
    std::lock_guard guard{impl_->mutex};
    sources = impl_->sources;
  }
  for (auto& source : sources)
    for (auto& x : source())
      all.push_back(counters_detail::to_family(std::move(x)));
  return prometheus::TextSerializer().Serialize(all);
}

} // namespace tutti
