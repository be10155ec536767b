#pragma once

#include "actors/engine/decision/scripts.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tutti::test {

/// Scripts whose meaning a test gives in C++. What they were given is kept.
class fake_scripts final : public engine::script_runner {
 public:
  using meaning = std::function<nlohmann::json(const nlohmann::json&)>;

  fake_scripts& mean(std::string source, meaning what) {
    meanings_[std::move(source)] = std::move(what);
    return *this;
  }

  engine::script_result run(const engine::script_call& call) override {
    engine::script_result out;
    inputs.emplace_back(call.input);
    auto it = meanings_.find(std::string(call.source));
    try {
      if (it == meanings_.end())
        throw std::runtime_error("no such script");
      out.value = payload(it->second(nlohmann::json::parse(call.input)));
    } catch (const std::exception& e) {
      out.what = engine::script_result::kind::error;
      out.error = e.what();
    }
    return out;
  }

  std::vector<std::string> inputs;

 private:
  std::map<std::string, meaning> meanings_;
};

} // namespace tutti::test
