#include "actors/engine/features/masking.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::engine {

namespace masking_detail {

constexpr auto mask = "***";

using names = std::vector<std::string>;

bool has(const names& fields, const std::string& key) {
  return std::find(fields.begin(), fields.end(), key) != fields.end();
}

/// True when a value was replaced.
bool cover(nlohmann::json& x, const names& fields) {
  bool out = false;
  if (x.is_array())
    for (auto& item : x)
      out |= cover(item, fields);
  if (!x.is_object())
    return out;
  for (auto& [key, value] : x.items()) {
    bool hidden = has(fields, key);
    if (hidden)
      value = mask;
    out |= hidden || cover(value, fields);
  }
  return out;
}

/// Searching the text rules out most payloads. Keys written with escapes are
/// found only by parsing.
bool may_have(const std::string& text, const names& fields) {
  return text.find('\\') != text.npos
         || std::any_of(fields.begin(), fields.end(), [&](auto& name) {
              return text.find(name) != text.npos;
            });
}

} // namespace masking_detail

payload masking::of(const payload& x) const {
  using namespace masking_detail;
  if (!on() || !may_have(x.text(), fields_))
    return x;
  auto copy = x.json();
  return cover(copy, fields_) ? payload(std::move(copy)) : x;
}

workflow masking::of(const workflow& x) const {
  auto out = x;
  out.input = of(x.input);
  out.output = of(x.output);
  out.variables = of(x.variables);
  return out;
}

} // namespace tutti::engine
