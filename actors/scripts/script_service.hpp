#pragma once

#include "actors/engine/decision/scripts.hpp"
#include "messages/reply.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tutti {

/// A script to evaluate, and where its result goes.
struct script_job {
  engine::script_language language = engine::script_language::javascript;
  std::string source, input;
  bool check_only = false; ///< syntax, without running it
  /// The name of the definition. Groups take turns.
  std::string group;
  reply<engine::script_result> done;
};
using script_job_pointer = std::shared_ptr<script_job>;

/// Runs scripts for others. Callable from any thread; never blocks.
class script_service {
 public:
  virtual ~script_service() = default;

  /// Too many scripts wait: requests of this group that may need a script
  /// should be refused.
  virtual bool full(std::string_view group) const = 0;
  virtual void submit(script_job_pointer job) = 0;
};

} // namespace tutti
