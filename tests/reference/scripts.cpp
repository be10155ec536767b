#include "tests/reference/scripts.hpp"

namespace tutti::reference {

namespace scripts_detail {

std::string op(const json& tree) { return tree.at("op").get<std::string>(); }

} // namespace scripts_detail

using namespace scripts_detail;

std::optional<json> scripts::run(const std::string& text,
                                 const json& scope) const {
  return evaluate(trees_.at(text), scope);
}

std::optional<json> evaluate(const json& tree, const json& scope) {
  auto what = op(tree);
  auto sub = [&](const char* key) { return evaluate(tree.at(key), scope); };
  if (what == "value")
    return tree.at("is");
  if (what == "throw")
    return std::nullopt;
  if (what == "get") {
    json at = scope;
    for (auto& key : tree.at("of")) {
      auto it = at.is_object() ? at.find(key.get<std::string>()) : at.end();
      json inner = at.is_object() && it != at.end() ? *it : json();
      at = std::move(inner);
    }
    return at;
  }
  if (what == "list") {
    auto out = json::array();
    for (auto& x : tree.at("of")) {
      auto value = evaluate(x, scope);
      if (!value)
        return std::nullopt;
      out.push_back(*value);
    }
    return out;
  }
  if (what == "object") {
    auto x = sub("x");
    return x ? std::optional<json>(json{{"x", *x}}) : std::nullopt;
  }
  if (what == "if") {
    auto when = sub("when");
    if (!when)
      return std::nullopt;
    return sub(*when == json(true) ? "then" : "else");
  }
  auto a = sub("a"), b = sub("b");
  if (!a || !b)
    return std::nullopt;
  if (what == "equal")
    return json(*a == *b);
  // The generator gives these two numbers, or a null, which counts as 0.
  auto number
      = [](const json& x) { return x.is_number() ? x.get<int64_t>() : 0; };
  if (what == "less")
    return json(number(*a) < number(*b));
  return json(number(*a) + number(*b));
}

namespace scripts_detail {

/// In both languages a value that is not a number counts as 0.
std::string numeric(const std::string& text) {
  return "(typeof (" + text + ") === 'number' ? (" + text + ") : 0)";
}

std::string jq_number(const std::string& text) {
  return "((" + text + ") | if type == \"number\" then . else 0 end)";
}

} // namespace scripts_detail

using namespace scripts_detail;

std::string javascript(const json& tree) {
  auto what = op(tree);
  auto sub = [&](const char* key) { return javascript(tree.at(key)); };
  if (what == "value")
    return "(" + tree.at("is").dump() + ")";
  if (what == "throw")
    return "(function () { throw new Error('as asked'); })()";
  if (what == "get") {
    std::string at = "$";
    for (auto& key : tree.at("of"))
      at = "((" + at + ") || {})[" + key.dump() + "]";
    return "((v) => v === undefined ? null : v)(" + at + ")";
  }
  if (what == "list") {
    std::string out;
    for (auto& x : tree.at("of"))
      out += (out.empty() ? "" : ", ") + javascript(x);
    return "[" + out + "]";
  }
  if (what == "object")
    return "({x: " + sub("x") + "})";
  if (what == "if")
    return "(" + sub("when") + " === true ? " + sub("then") + " : "
           + sub("else") + ")";
  if (what == "equal")
    return "(" + sub("a") + " === " + sub("b") + ")";
  return "(" + numeric(sub("a")) + (what == "less" ? " < " : " + ")
         + numeric(sub("b")) + ")";
}

std::string jq(const json& tree) {
  auto what = op(tree);
  auto sub = [&](const char* key) { return jq(tree.at(key)); };
  if (what == "value")
    return "(" + tree.at("is").dump() + ")";
  if (what == "throw")
    return "error(\"as asked\")";
  if (what == "get") {
    std::string at = ".";
    for (auto& key : tree.at("of"))
      at += " | (if type == \"object\" then .[" + key.dump()
            + "] else null end)";
    return "(" + at + ")";
  }
  if (what == "list") {
    std::string out;
    for (auto& x : tree.at("of"))
      out += (out.empty() ? "" : ", ") + jq(x);
    return "[" + out + "]";
  }
  if (what == "object")
    return "{x: " + sub("x") + "}";
  if (what == "if")
    return "(if " + sub("when") + " == true then " + sub("then") + " else "
           + sub("else") + " end)";
  if (what == "equal")
    return "(" + sub("a") + " == " + sub("b") + ")";
  return "(" + jq_number(sub("a")) + (what == "less" ? " < " : " + ")
         + jq_number(sub("b")) + ")";
}

} // namespace tutti::reference
