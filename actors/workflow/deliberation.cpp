#include "actors/workflow/deliberation.hpp"

#include "actors/workflow/fiber_stacks.hpp"

#include <boost/context/fiber.hpp>

#include <exception>
#include <optional>

namespace tutti {

namespace context = boost::context;

// The code on the fiber may go on with another thread than it stopped with:
// nothing that lies on its stack across `run` may be a thread's own. The engine
// keeps to that: its parsers and caches per thread are used between calls.
class deliberation::impl final : public engine::script_runner {
 public:
  explicit impl(work what)
      : what_(std::move(what)),
        fiber_(std::allocator_arg, fiber_stack_allocator(),
               [this](context::fiber&& caller) {
                 caller_ = std::move(caller);
                 decide();
                 return std::move(caller_);
               }) {}

  engine::script_result run(const engine::script_call& call) override {
    question_ = &call;
    caller_ = std::move(caller_).resume();
    question_ = nullptr;
    return std::move(answer_);
  }

  bool go_on() {
    fiber_ = std::move(fiber_).resume();
    if (error_)
      std::rethrow_exception(std::exchange(error_, nullptr));
    return decided_.has_value();
  }

  const engine::script_call& question() const { return *question_; }
  void answer(engine::script_result x) { answer_ = std::move(x); }
  engine::decision take() { return std::move(*decided_); }

 private:
  void decide() {
    try {
      decided_ = what_(*this);
    } catch (const context::detail::forced_unwind&) {
      throw; // how a suspended fiber is ended; not ours to hold
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  work what_;
  const engine::script_call* question_ = nullptr;
  engine::script_result answer_;
  std::optional<engine::decision> decided_;
  std::exception_ptr error_;
  context::fiber caller_;
  context::fiber fiber_; ///< last: its end may still use the others
};

deliberation::deliberation(work what)
    : impl_(std::make_unique<impl>(std::move(what))) {}

deliberation::~deliberation() = default;

bool deliberation::go_on() { return impl_->go_on(); }

const engine::script_call& deliberation::question() const {
  return impl_->question();
}

void deliberation::answer(engine::script_result x) {
  impl_->answer(std::move(x));
}

engine::decision deliberation::take() { return impl_->take(); }

} // namespace tutti
