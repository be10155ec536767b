#pragma once

#include "actors/engine/decision/scripts.hpp"
#include "messages/reply.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tutti {

/// A script on its way to an evaluator and back.
struct script_job {
  engine::script_language language = engine::script_language::javascript;
  std::string source, input;
  bool check_only = false; ///< syntax, without running it
  /// Whose script it is: the definition's name. Groups are served in turn.
  std::string group;
  reply<engine::script_result> done;
};
using script_job_pointer = std::shared_ptr<script_job>;

/// Who runs scripts for others. From any thread; nothing here waits.
class script_service {
 public:
  virtual ~script_service() = default;

  /// So many scripts wait that nobody of this group should begin what needs
  /// another one.
  virtual bool full(std::string_view group) const = 0;
  virtual void submit(script_job_pointer job) = 0;
};

} // namespace tutti
