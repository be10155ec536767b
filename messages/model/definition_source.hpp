#pragma once

#include "messages/model/definitions.hpp"

#include <string_view>

namespace tutti {

/// The registered definitions at one moment. Immutable; lookups are cheap.
class definition_source {
 public:
  virtual ~definition_source() = default;
  /// Null when unknown. Version absent or 0: the highest one.
  virtual workflow_def_pointer
  find_workflow(std::string_view name,
                std::optional<int32_t> version) const = 0;
  virtual task_def_pointer find_task(std::string_view name) const = 0;
  virtual std::shared_ptr<const schema_def>
  find_schema(std::string_view, std::optional<int32_t>) const {
    return nullptr;
  }
};

} // namespace tutti
