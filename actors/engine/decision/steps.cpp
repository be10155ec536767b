#include "actors/engine/decision/steps.hpp"

#include "messages/model/memory/json_weight.hpp"

#include <algorithm>

namespace tutti::engine {

namespace steps_detail {

uint64_t sum(uint64_t a, uint64_t b) { return a > ~b ? ~uint64_t{0} : a + b; }

uint64_t left(uint64_t used, uint64_t max) { return max - std::min(used, max); }

/// Of the text's length and some of its bytes: alike on every machine, and
/// after a restart, unlike addresses.
uint64_t fingerprint(std::string_view text) {
  constexpr size_t samples = 64;
  auto stride = std::max<size_t>(1, text.size() / samples);
  uint64_t out = 14695981039346656037u ^ text.size();
  for (size_t i = 0; i < text.size(); i += stride)
    out = (out ^ uint8_t(text[i])) * 1099511628211u;
  return out;
}

} // namespace steps_detail

bool step_budget::allow(uint64_t value, uint64_t max, const bound& which) {
  if (value <= max)
    return true;
  if (!refused_) {
    refused_ = &which;
    refused_value_ = value;
    refused_limit_ = max;
  }
  return false;
}

bool step_budget::spend(uint64_t steps) {
  value_ = steps_detail::sum(value_, steps);
  decision_ = steps_detail::sum(decision_, steps);
  return allow(value_, value_max_, bounds::expression_steps)
         && allow(decision_, decision_max_, bounds::decision_steps);
}

bool step_budget::spend_on_parsing(std::string_view text) {
  if (!parsed_.insert(steps_detail::fingerprint(text)).second)
    return spend(1);
  if (text.size() >= weighed_text_bytes)
    document_bytes_ += weigh_json(text).tree;
  return allow(document_bytes_, document_bytes_max_, bounds::document)
         && spend(text.size());
}

bool step_budget::spend_on_schema(uint64_t steps) {
  decision_ = steps_detail::sum(decision_, steps);
  return allow(steps, schema_max_, bounds::schema_steps)
         && allow(decision_, decision_max_, bounds::decision_steps);
}

uint64_t step_budget::left() const {
  return std::min(steps_detail::left(value_, value_max_),
                  steps_detail::left(decision_, decision_max_));
}

uint64_t step_budget::left_for_schema() const {
  return std::min(schema_max_, steps_detail::left(decision_, decision_max_));
}

} // namespace tutti::engine
