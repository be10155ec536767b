#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <string_view>

namespace tutti::engine {

/// An operator action that comes from outside of the engine, as
/// `command::operation`. Stateless; what it needs to know are its arguments,
/// which are also what is stored of it when it travels in an outbox.
class operation_kind {
 public:
  operation_kind() = default;
  virtual ~operation_kind() = default;
  operation_kind(const operation_kind&) = delete;
  operation_kind& operator=(const operation_kind&) = delete;

  /// Either refuses, having emitted nothing, or changes the execution and lets
  /// `decision_builder::run` draw the consequences. The execution exists.
  virtual void handle(decision_builder& t, const payload& arguments) const = 0;
  /// What the history says of it.
  virtual cause why(const command::operation& c) const {
    return {cause_kind::operator_, c.name};
  }
  /// The decision about it may call `decision_context::scripts`.
  virtual bool calls_scripts(const state& execution,
                             const payload& arguments) const;
};

/// Adds an action under a name that none has. Only before the engine is used:
/// nothing guards the list after that. `kind` lives as long as the process.
void register_operation(std::string_view name, const operation_kind& kind);

} // namespace tutti::engine
