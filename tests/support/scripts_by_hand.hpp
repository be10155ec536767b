#pragma once

#include "actors/scripts/script_service.hpp"

#include <nlohmann/json.hpp>

#include <deque>
#include <functional>
#include <stdexcept>
#include <string>

namespace tutti::test {

/// Scripts that end when the test says so.
class scripts_by_hand final : public script_service {
 public:
  bool full(std::string_view) const override { return refuses; }
  void submit(script_job_pointer job) override {
    if (on_submit)
      on_submit();
    waiting.push_back(std::move(job));
  }

  /// The oldest script returns that value.
  void value(nlohmann::json x) {
    engine::script_result out;
    out.value = payload(std::move(x));
    take()->done(std::move(out));
  }
  /// The oldest script could not be run, as if its helper had died.
  void lost() {
    using kind = engine::script_result::kind;
    take()->done(engine::script_result{kind::unavailable, {}, "it died"});
  }
  script_job_pointer take() {
    if (waiting.empty())
      throw std::runtime_error("no script waits");
    auto out = std::move(waiting.front());
    waiting.pop_front();
    return out;
  }

  std::deque<script_job_pointer> waiting;
  bool refuses = false;
  std::function<void()> on_submit;
};

} // namespace tutti::test
