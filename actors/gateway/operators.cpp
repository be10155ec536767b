#include "actors/gateway/operators.hpp"

#include "actors/gateway/revive.hpp"

namespace tutti {

namespace operators_detail {

class operators final : public operator_port {
 public:
  explicit operators(gateway_context_pointer context)
      : context_(std::move(context)) {}

  void send(envelope<call_workflow> x) override {
    auto* what = std::get_if<command::retry>(&x.request.what);
    if (what && what->resume_sub_workflows)
      resume(context_, std::move(x));
    else
      tell(std::move(x));
  }
  void send(envelope<restart_workflow> x) override {
    restart(context_, std::move(x));
  }
  void send(envelope<rerun_workflow> x) override {
    rerun(context_, std::move(x));
  }
  void send(envelope<remove_workflow> x) override { tell(std::move(x)); }
  void send(envelope<read_execution_head> x) override { tell(std::move(x)); }

 private:
  template <class Request>
  void tell(envelope<Request> x) {
    auto id = x.request.workflow_id;
    context_->directory->tell(id, std::move(x));
  }

  gateway_context_pointer context_;
};

} // namespace operators_detail

operator_pointer make_operators(gateway_context_pointer context) {
  return std::make_shared<operators_detail::operators>(std::move(context));
}

} // namespace tutti
