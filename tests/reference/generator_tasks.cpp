#include "tests/reference/generator.hpp"
#include "tests/reference/scripts.hpp"

// Tasks that compute, loop and reach outside.

namespace tutti::reference {

std::string generator::learn(json tree, const char* language) {
  auto text = std::string(language) == "jq" ? jq(tree) : javascript(tree);
  if (std::string(language) == "lambda")
    text = "return " + text + ";";
  scripts_[text] = std::move(tree);
  return text;
}

json generator::tree(int depth, const std::vector<std::string>& names) {
  if (depth == 0 || dice_.one_in(4)) {
    if (dice_.one_in(2))
      return {{"op", "value"}, {"is", dice_.below(4)}};
    return {{"op", "get"}, {"of", json::array({dice_.of(names)})}};
  }
  auto sub = [&] { return tree(depth - 1, names); };
  switch (dice_.below(5)) {
    case 0:
      return {{"op", "add"}, {"a", sub()}, {"b", sub()}};
    case 1:
      return {{"op", "if"},
              {"when", {{"op", "less"}, {"a", sub()}, {"b", sub()}}},
              {"then", sub()},
              {"else", sub()}};
    case 2:
      return {{"op", "object"}, {"x", sub()}};
    case 3:
      return {{"op", "list"}, {"of", json::array({sub(), sub()})}};
    default:
      return dice_.one_in(4) ? json{{"op", "throw"}} : sub();
  }
}

json generator::script() {
  auto kind = dice_.below(3);
  auto out = head(kind == 0   ? "LAMBDA"
                  : kind == 1 ? "INLINE"
                              : "JSON_JQ_TRANSFORM",
                  "script");
  auto what = tree(2, {"a", "b", "n", "missing"});
  auto input = inputs();
  if (kind == 0)
    input["scriptExpression"] = learn(what, "lambda");
  if (kind == 1)
    input["expression"] = learn(what, "javascript");
  if (kind == 1 && dice_.one_in(2))
    input["evaluatorType"] = "javascript";
  if (kind == 2)
    input["queryExpression"] = learn(what, "jq");
  out["inputParameters"] = input;
  if (dice_.one_in(6))
    out["optional"] = true;
  return out;
}

/// The value a switch decides by: usually the name of a case.
json generator::decision_tree() {
  json x{{"op", "get"}, {"of", json::array({"x"})}};
  auto value = [](json is) { return json{{"op", "value"}, {"is", is}}; };
  json less{{"op", "less"}, {"a", x}, {"b", value(2)}};
  switch (dice_.below(8)) {
    case 0:
    case 1:
      return x;
    case 2:
    case 3:
      return less;
    case 4:
      return {{"op", "if"},
              {"when", less},
              {"then", value("1")},
              {"else", value(nullptr)}};
    case 5:
      return {{"op", "equal"}, {"a", x}, {"b", value("1")}};
    case 6:
      return tree(2, {"x", "missing"});
    default:
      return dice_.one_in(2) ? json{{"op", "throw"}} : x;
  }
}

void generator::how_to_choose(json& choice) {
  bool script = dice_.one_in(2);
  if (choice.at("type") == "DECISION") {
    choice["caseValueParam"] = "x";
    if (script) // which wins
      choice["caseExpression"] = learn(decision_tree(), "javascript");
    return;
  }
  choice["evaluatorType"] = "value-param";
  choice["expression"] = dice_.one_in(12) ? "missing" : "x";
  if (!script)
    return;
  choice["evaluatorType"] = dice_.of<std::string>(
      {"javascript", "javascript", "graaljs", "graaljs", "nobody's"});
  if (!dice_.one_in(4) && choice["evaluatorType"] == "nobody's")
    choice["evaluatorType"] = "javascript";
  choice["expression"] = learn(decision_tree(), "javascript");
}

json generator::loop(int depth) {
  bool each = dice_.one_in(4), items = each || dice_.one_in(3);
  auto out = head(each ? "FOR_EACH" : "DO_WHILE", "loop");
  auto own = out.at("taskReferenceName").get<std::string>();
  out["inputParameters"] = inputs();
  loops_.push_back(own);
  out["loopOver"] = list(depth - 1, 2);
  loops_.pop_back();
  if (items)
    out["items"] = dice_.one_in(8) ? "${workflow.input.missing}"
                                   : "${workflow.input.list}";
  if (each) {
    out["inputParameters"]["maxParallel"] = 1 + dice_.below(3);
    return out;
  }
  if (dice_.one_in(3))
    out["inputParameters"]["keepLastN"] = 1;
  json until{{"op", "less"},
             {"a", {{"op", "get"}, {"of", json::array({own, "iteration"})}}},
             {"b", {{"op", "value"}, {"is", 1 + dice_.below(3)}}}};
  // The loop also stops when its body outputs nothing.
  auto body = last_reference(out["loopOver"]);
  json asked{{"op", "get"}, {"of", json::array({body, "n"})}};
  if (dice_.one_in(4))
    until = {
        {"op", "if"},
        {"when", until},
        {"then",
         {{"op", "less"}, {"a", asked}, {"b", {{"op", "value"}, {"is", 1}}}}},
        {"else", {{"op", "value"}, {"is", false}}}};
  if (dice_.one_in(20))
    until = {{"op", "throw"}};
  if (!items || dice_.one_in(2))
    out["loopCondition"] = learn(until, "javascript");
  return out;
}

json generator::event() {
  auto out = head("EVENT", "event");
  out["sink"] = dice_.of<std::string>({"conductor", "conductor:mine",
                                       "conductor:${workflow.input.k}",
                                       "conductors", "nowhere:x"});
  out["inputParameters"] = inputs();
  if (dice_.one_in(3))
    out["asyncComplete"] = true;
  flags(out);
  return out;
}

json generator::start_other() {
  if (level_ == 0)
    return worker();
  auto out = head("START_WORKFLOW", "start");
  out["inputParameters"]["startWorkflow"]
      = {{"name", dice_.one_in(6) ? "nobody" : "leaf"},
         {"input", {{"k", "${workflow.input.k}"}}}};
  if (dice_.one_in(10))
    out["inputParameters"].erase("startWorkflow");
  flags(out);
  return out;
}

json generator::pull() {
  auto out = head("PULL_WORKFLOW_MESSAGES", "pull");
  out["inputParameters"]
      = {{"batchSize", 1 + dice_.below(2)}, {"blocking", dice_.one_in(2)}};
  return out;
}

json generator::request(const std::string& type) {
  auto out = head(type, "request");
  out["inputParameters"] = {{"uri", "http://nowhere"}, {"method", "GET"}};
  if (dice_.one_in(3))
    out["inputParameters"]["n"] = value(0);
  if (dice_.one_in(3))
    out["asyncComplete"] = true;
  flags(out);
  return out;
}

void generator::exclusive(json& into, int depth) {
  auto chosen = choice(depth);
  auto joined = json::array(), otherwise = json::array();
  for (auto& branch : chosen["decisionCases"])
    if (!branch.empty())
      joined.push_back(last_reference(branch));
  if (!seen_.empty())
    otherwise.push_back(dice_.of(seen_));
  into.push_back(std::move(chosen));
  auto join = head("EXCLUSIVE_JOIN", "exclusive");
  join["joinOn"] = joined;
  if (dice_.one_in(2))
    join["defaultExclusiveJoinTask"] = otherwise;
  into.push_back(std::move(join));
}

} // namespace tutti::reference
