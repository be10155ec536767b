#pragma once

#include "actors/engine/decider.hpp"

#include <functional>
#include <memory>

namespace tutti {

/// A decision that may run scripts or take long. To the engine a script is a
/// function call; here the call suspends the decision, on a stack of its own,
/// until the result arrives. It blocks no thread. Where the engine pauses, the
/// decision is suspended, too, so that others run in between.
///
/// A suspended decision has changed the live state halfway. Whoever drops it
/// must drop the state, too.
class suspendable_decision {
 public:
  using work = std::function<engine::decision(engine::script_runner&)>;

  explicit suspendable_decision(work what);
  ~suspendable_decision(); ///< unwinds a suspended decision
  suspendable_decision(const suspendable_decision&) = delete;
  suspendable_decision& operator=(const suspendable_decision&) = delete;

  /// Begins, or continues with the answer. True: the decision is made; false:
  /// `question` waits for an answer, or there is none and it only paused.
  /// Throws what the decision throws.
  bool resume();
  /// Valid until the answer is given; null: it asks for nothing.
  const engine::script_call* question() const;
  void answer(engine::script_result x);

  engine::decision take();

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tutti
