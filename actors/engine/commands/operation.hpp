#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <string_view>

namespace tutti::engine {

/// An operator's action that is defined outside of the engine, as
/// `command::operation`. Stateless. All it may use are its arguments, which are
/// also its stored form in an outbox.
class operation_kind {
 public:
  operation_kind() = default;
  virtual ~operation_kind() = default;
  operation_kind(const operation_kind&) = delete;
  operation_kind& operator=(const operation_kind&) = delete;

  /// Refuses without having emitted anything, or changes the execution and
  /// calls `decision_builder::run`. The execution exists.
  virtual void handle(decision_builder& t, const payload& arguments) const = 0;
  /// The cause in the history.
  virtual cause why(const command::operation& c) const {
    return {cause_kind::operator_, c.name};
  }
  /// The decision about it may call `decision_context::scripts`.
  virtual bool calls_scripts(const state& execution,
                             const payload& arguments) const;
};

/// Registers an operation under an unused name. Call it before the engine is
/// used: later the list is read without a lock. `kind` must live as long as the
/// process.
void register_operation(std::string_view name, const operation_kind& kind);

} // namespace tutti::engine
