#include "tests/reference/trees.hpp"

namespace tutti::reference {

tree_runner::tree_runner(const json& plan) {
  for (auto& [text, tree] : plan.at("scripts").items())
    trees_.learn(text, tree);
}

engine::script_result tree_runner::run(const engine::script_call& call) {
  engine::script_result out;
  // Function bodies arrive wrapped in a call.
  std::string source(call.source);
  std::string before = "(function () {", behind = "\n})();";
  if (source.starts_with(before) && source.ends_with(behind))
    source = source.substr(before.size(),
                           source.size() - before.size() - behind.size());
  auto value = trees_.run(source, json::parse(call.input));
  if (value) {
    bool jq = call.language == engine::script_language::jq;
    out.value = payload(jq ? json::array({*value}) : *value);
  } else {
    out.what = engine::script_result::kind::error;
    out.error = "as asked";
  }
  return out;
}

} // namespace tutti::reference
