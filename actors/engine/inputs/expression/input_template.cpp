#include "actors/engine/inputs/expression/input_template.hpp"

#include "actors/engine/decision/budget.hpp"
#include "actors/engine/inputs/expression/json_slice.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace input_template_detail {

using nlohmann::json;

// Parsed JSON has its own bound; this is for values built in the process.
constexpr int depth_max = 1000;

constexpr std::string_view null_text = "null";

} // namespace input_template_detail

/// Collects the literal text of a value and starts a new part at each
/// expression.
class input_template::builder {
 public:
  void value(const nlohmann::json& v, int depth) {
    if (depth > input_template_detail::depth_max) {
      text_ += "null";
    } else if (v.is_object()) {
      text_ += '{';
      bool first = true;
      for (auto& [key, item] : v.items()) {
        name(key, first);
        value(item, depth + 1);
      }
      text_ += '}';
    } else if (v.is_array()) {
      text_ += '[';
      for (size_t i = 0; i < v.size(); ++i) {
        if (i > 0)
          text_ += ',';
        value(v[i], depth + 1);
      }
      text_ += ']';
    } else if (v.is_string()) {
      string(v.get_ref<const std::string&>());
    } else {
      text_ += to_text(v);
    }
  }

  /// An object whose nulls are replaced by `defaults`.
  void object(const nlohmann::json& merged, const nlohmann::json& defaults) {
    text_ += '{';
    bool first = true;
    for (auto& [key, item] : merged.items()) {
      name(key, first);
      auto raw = defaults.find(key);
      if (raw == defaults.end()) {
        value(item, 1);
      } else if (item.is_null()) {
        text_ += to_text(*raw);
      } else {
        auto before = pieces_.size();
        value(item, 1);
        if (item.is_string() && pieces_.size() > before)
          pieces_.back().instead_of_null = to_text(*raw);
      }
    }
    text_ += '}';
  }

  input_template finish() {
    input_template out;
    if (pieces_.empty()) {
      out.constant_ = payload::trusted(std::move(text_));
    } else if (!text_.empty()) {
      pieces_.push_back({std::move(text_), std::nullopt});
    }
    out.pieces_ = std::move(pieces_);
    return out;
  }

 private:
  void name(const std::string& key, bool& first) {
    if (!first)
      text_ += ',';
    first = false;
    write_string(text_, key);
    text_ += ':';
  }

  void string(const std::string& s) {
    if (auto expression = interpolation::compile(s)) {
      pieces_.push_back({std::move(text_), std::move(expression)});
      text_.clear();
    } else {
      write_string(text_, interpolation::literal(s));
    }
  }

  std::vector<piece> pieces_;
  std::string text_;
};

input_template::input_template() = default;

input_template input_template::compile(const nlohmann::json& value) {
  builder b;
  b.value(value, 0);
  return b.finish();
}

input_template input_template::compile(const nlohmann::json& parameters,
                                       const nlohmann::json& defaults) {
  if (!defaults.is_object() || defaults.empty()
      || !(parameters.is_object() || parameters.is_null()))
    return compile(parameters.is_null() ? nlohmann::json::object()
                                        : parameters);
  auto merged = parameters.is_null() ? nlohmann::json::object() : parameters;
  for (auto& [key, value] : defaults.items())
    if (!merged.contains(key))
      merged[key] = value;
  builder b;
  b.object(merged, defaults);
  return b.finish();
}

bool input_template::constant() const { return pieces_.empty(); }

std::string input_template::render_json(const scope& from) const {
  if (pieces_.empty())
    return constant_.text();
  std::string out;
  auto* spent = from.spent();
  for (auto& p : pieces_) {
    if (spent && !spent->text.take(p.literal.size()))
      return "null";
    out += p.literal;
    if (!p.expression)
      continue;
    auto before = out.size();
    p.expression->append_json(out, from);
    if (!p.instead_of_null.empty()
        && std::string_view(out).substr(before)
               == input_template_detail::null_text)
      out.replace(before, out.npos, p.instead_of_null);
  }
  return out;
}

payload input_template::render(const scope& from) const {
  if (pieces_.empty())
    return constant_;
  if (pieces_.size() == 1 && pieces_[0].literal.empty())
    if (auto whole = pieces_[0].expression->whole_payload(from))
      return *whole;
  return payload::trusted(render_json(from));
}

nlohmann::json input_template::evaluate(const scope& from) const {
  auto value = parse_json(render_json(from), input_template_detail::depth_max);
  return value ? std::move(*value) : nlohmann::json();
}

payload with_defaults(const payload& input, const payload& defaults) {
  if (defaults.is_empty_object() || !defaults.json().is_object())
    return input;
  if (input.is_empty_object() || input.is_null())
    return defaults;
  // Missing keys are appended to the text; the rest is not rebuilt.
  std::string added;
  // Each member costs a look through the text; for many it is better parsed.
  constexpr size_t few = 8;
  bool parsed = defaults.json().size() > few && input.json().is_object();
  for (auto& [key, value] : defaults.json().items()) {
    if (parsed ? input.json().contains(key)
               : member_of(input.text(), key).has_value())
      continue;
    added += ',';
    write_string(added, key);
    added += ':';
    added += to_text(value);
  }
  auto& text = input.text();
  if (added.empty() || text.size() < 3 || text.front() != '{'
      || text.back() != '}')
    return input;
  return payload::trusted(text.substr(0, text.size() - 1) + added + '}');
}

nlohmann::json substitute(const nlohmann::json& value, const scope& from) {
  return input_template::compile(value).evaluate(from);
}

std::string substitute_text(std::string_view text, const scope& from) {
  auto compiled = interpolation::compile(text);
  return compiled ? compiled->text(from) : interpolation::literal(text);
}

std::string stringify(const nlohmann::json& value) {
  if (value.is_string())
    return value.get<std::string>();
  std::string out;
  append_java_text(out, to_text(value));
  return out;
}

} // namespace tutti::engine
