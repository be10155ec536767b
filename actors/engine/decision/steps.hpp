#pragma once

#include "messages/model/bounds.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_set>

namespace tutti::engine {

/// The steps of one decision (reference:limits#steps): what its expressions and
/// schema checks may cost. A step is about 10 ns of work; it is counted, not
/// measured, so that a decision ends the same way on every machine.
///
/// What needs more than is left stops and yields nothing; who asked for the
/// value looks at `refused`.
class step_budget {
 public:
  /// Without limits but for a schema's, for what is no decision.
  step_budget() = default;
  step_budget(uint64_t value_max, uint64_t schema_max, uint64_t decision_max,
              uint64_t document_bytes_max)
      : value_max_(value_max), schema_max_(schema_max),
        decision_max_(decision_max), document_bytes_max_(document_bytes_max) {}

  /// What follows belongs to another value: the input of another task, a
  /// condition, an output.
  void begin_value() {
    value_ = 0;
    refused_ = nullptr;
  }

  /// False: it is too much.
  bool spend(uint64_t steps);
  /// Parsing costs a step per byte, once for each text of a decision. The
  /// documents of a decision are weighed together: all stay until it is made.
  bool spend_on_parsing(std::string_view text);
  /// A whole check, which has a limit of its own.
  bool spend_on_schema(uint64_t steps);

  /// What a document, or the result of an expression, may take in memory.
  uint64_t document_bytes_max() const { return document_bytes_max_; }
  void refuse_document(uint64_t bytes) {
    allow(bytes, document_bytes_max_, bounds::document);
  }

  uint64_t left() const;
  uint64_t left_for_schema() const;
  /// Of the whole decision.
  uint64_t used() const { return decision_; }

  /// The bound that the value at hand has reached, or null.
  const bound* refused() const { return refused_; }
  std::string sentence() const {
    return sentence_of(*refused_, refused_value_, refused_limit_);
  }

 private:
  bool allow(uint64_t value, uint64_t max, const bound& which);

  static constexpr auto unlimited = std::numeric_limits<uint64_t>::max();
  uint64_t value_max_ = unlimited, schema_max_ = 50'000'000,
           decision_max_ = unlimited, document_bytes_max_ = unlimited;
  uint64_t value_ = 0, decision_ = 0, document_bytes_ = 0;
  const bound* refused_ = nullptr;
  uint64_t refused_value_ = 0, refused_limit_ = 0;
  std::unordered_set<uint64_t> parsed_;
};

} // namespace tutti::engine
