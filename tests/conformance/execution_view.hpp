#pragma once

#include "tests/conformance/matcher.hpp"

namespace tutti::conformance {

/// The compact notation of the cases: `t1:C t2:S`, by reference name or, in
/// capitals, by type. This gives the rows of an execution as `wanted` names
/// them, so that the two texts can be compared.
std::string rows_like(const json& execution, const std::string& wanted);

/// All rows by reference name, for messages.
std::string rows_of(const json& execution);

/// The field a case names: `/output/x` of the execution, `t1/inputData` of the
/// last row of t1, `t1#2/taskId` of its second; capitals select by type.
const json* field_of(const json& execution, const std::string& name);

} // namespace tutti::conformance
