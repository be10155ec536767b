#pragma once

#include "messages/model/commands.hpp"
#include "messages/reply.hpp"

#include <functional>
#include <set>
#include <string>

namespace tutti {

/// The other systems that executions may publish to. Thread safe.
class message_sinks {
 public:
  virtual ~message_sinks() = default;

  /// Those that are served, always the same; an EVENT task with another one
  /// fails.
  virtual std::set<std::string, std::less<>> providers() const = 0;

  /// `acknowledged` is answered once the other system has the message for good,
  /// and only then is it forgotten here. A failure, or a reply that is dropped,
  /// brings the message again, later each time: there is no other way to be rid
  /// of one than to take it. It may come again after it was acknowledged,
  /// because the node ended in between; its id stays. Answers within a time
  /// limit of its own and does not block; may throw.
  virtual void publish(const external_message& what, reply<done> acknowledged)
      = 0;
};

} // namespace tutti
