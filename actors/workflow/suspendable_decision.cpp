#include "actors/workflow/suspendable_decision.hpp"

#include "actors/workflow/fiber_stacks.hpp"
#include "actors/workflow/stack_switch.hpp"

#include <boost/context/fiber.hpp>

#include <exception>
#include <optional>

namespace tutti {

namespace context = boost::context;

namespace suspendable_decision_detail {

/// Thrown where it is suspended to unwind a suspended decision. Only the fiber
/// catches it, hence no std::exception.
struct abandoned {};

} // namespace suspendable_decision_detail

// The fiber may continue on another thread: nothing on its stack across `run`
// and `pause` may belong to a thread. The engine obeys this: it uses per-thread
// parsers and caches only between calls.
class suspendable_decision::impl final : public engine::script_runner {
 public:
  explicit impl(work what) : what_(std::move(what)) {}

  ~impl() override {
    if (!suspended_)
      return;
    abandoned_ = true;
    enter_fiber();
  }

  engine::script_result run(const engine::script_call& call) override {
    question_ = &call;
    suspend();
    question_ = nullptr;
    return std::move(answer_);
  }

  void pause() override { suspend(); }

  bool resume() {
    if (!suspended_)
      begin();
    enter_fiber();
    if (error_)
      std::rethrow_exception(std::exchange(error_, nullptr));
    return decided_.has_value();
  }

  const engine::script_call* question() const { return question_; }
  void answer(engine::script_result x) { answer_ = std::move(x); }
  engine::decision take() { return std::move(*decided_); }

 private:
  void begin() {
    auto stack = fiber_stack_allocator().allocate();
    switch_ = stack_switch(stack.sp, stack.size);
    shadow_
        .to_fiber(); // switches to the fiber and returns when it switches back
    fiber_ = context::fiber(
        std::allocator_arg, context::preallocated(stack.sp, stack.size, stack),
        fiber_stack_allocator(), [this](context::fiber&& caller) {
          switch_.entered();
          caller_ = std::move(caller);
          decide();
          switch_.leave_for_ever();
          return std::move(caller_);
        });
    shadow_.back_on_thread();
  }

  void suspend() {
    suspended_ = true;
    switch_.to_thread();
    caller_ = std::move(caller_).resume();
    switch_.back_on_fiber();
    suspended_ = false;
    if (abandoned_)
      throw suspendable_decision_detail::abandoned{};
  }

  void enter_fiber() {
    switch_.to_fiber();
    shadow_.to_fiber();
    fiber_ = std::move(fiber_).resume();
    shadow_.back_on_thread();
    switch_.back_on_thread();
  }

  void decide() {
    try {
      decided_ = what_(*this);
    } catch (const suspendable_decision_detail::abandoned&) {
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  work what_;
  const engine::script_call* question_ = nullptr;
  engine::script_result answer_;
  std::optional<engine::decision> decided_;
  std::exception_ptr error_;
  bool suspended_ = false, abandoned_ = false;
  stack_switch switch_;
  shadow_thread shadow_;
  context::fiber caller_;
  context::fiber fiber_; ///< last: its end may use the other members
};

suspendable_decision::suspendable_decision(work what)
    : impl_(std::make_unique<impl>(std::move(what))) {}

suspendable_decision::~suspendable_decision() = default;

bool suspendable_decision::resume() { return impl_->resume(); }

const engine::script_call* suspendable_decision::question() const {
  return impl_->question();
}

void suspendable_decision::answer(engine::script_result x) {
  impl_->answer(std::move(x));
}

engine::decision suspendable_decision::take() { return impl_->take(); }

} // namespace tutti
