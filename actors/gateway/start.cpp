#include "actors/gateway/start.hpp"

#include "actors/engine/populate.hpp"
#include "actors/gateway/execution_reads.hpp"
#include "storage/sha256.hpp"

namespace tutti {

namespace start_detail {

result<workflow_def_pointer> resolve(const gateway_context& context,
                                     const start_workflow_request& x) {
  if (x.definition)
    return engine::populate(*x.definition, *context.definitions->current());
  return context.definitions->populated(x.name, x.version);
}

std::optional<failure> too_large(const gateway_context& context,
                                 const start_workflow_request& x) {
  auto max = context.settings.input_bytes_max;
  if (!x.input || x.input->text().size() <= max)
    return std::nullopt;
  return failure{errc::too_large, "workflow '" + x.name
                                      + "': the input has more than "
                                      + std::to_string(max) + " bytes"};
}

/// Answers with the id, and gives the place in flight back.
reply<answer> with_id(const gateway_context_pointer& context, std::string id,
                      reply<answer> done) {
  return reply<answer>(
      [context, id = std::move(id), done = std::move(done)](result<answer> x) {
        --context->starts_in_flight;
        if (x)
          x->text = id;
        done(std::move(x));
      });
}

void send(const gateway_context& context, workflow head, bool own_definition,
          reply<answer> done) {
  call_workflow call;
  call.workflow_id = head.workflow_id;
  command::start start;
  start.head = std::move(head);
  start.own_definition = own_definition;
  call.what = std::move(start);
  call.done = std::move(done);
  auto& owner = context.scheduler_of(call.workflow_id);
  caf::anon_send(owner, std::move(call));
}

/// A start with an idempotency key: asks for one attempt after the other. Each
/// step goes on where the last one was answered.
class keyed_start : public std::enable_shared_from_this<keyed_start> {
 public:
  keyed_start(gateway_context_pointer context, start_workflow_request request,
              workflow_def_pointer definition, reply<answer> done)
      : context_(std::move(context)), request_(std::move(request)),
        definition_(std::move(definition)), done_(std::move(done)) {}

  void attempt(uint32_t n) {
    auto id = id_of(n);
    auto head = engine::make_head(request_, definition_, id,
                                  context_->clock->now_ms());
    if (!head) {
      done_(std::move(head).failure());
      return;
    }
    head->idempotency_key = request_.idempotency_key;
    send(*context_, std::move(*head), request_.definition != nullptr,
         reply<answer>([self = shared_from_this(), n, id](result<answer> x) {
           if (!x)
             self->done_(std::move(x));
           else if (x->effective)
             self->answer_id(id);
           else
             self->exists(n, id);
         }));
  }

 private:
  std::string id_of(uint32_t n) const {
    return keyed_workflow_id(definition_->name, request_.idempotency_key, n);
  }

  void answer_id(const std::string& id) {
    answer out;
    out.text = id;
    done_(std::move(out));
  }

  void refuse(const std::string& id, const char* why) {
    done_(failure{errc::conflict, "workflow '" + definition_->name
                                      + "': idempotency key '"
                                      + request_.idempotency_key + "' " + why
                                      + " execution " + id});
  }

  void exists(uint32_t n, const std::string& id) {
    switch (
        request_.idempotency_strategy.value_or(idempotency_strategy::fail)) {
      case idempotency_strategy::fail:
        return refuse(id, "was used by");
      case idempotency_strategy::return_existing:
        return find_latest(n, id);
      case idempotency_strategy::fail_on_running:
        return read_head(
            *context_, id,
            [self = shared_from_this(), n, id](result<execution_head> x) {
              if (!x)
                self->done_(std::move(x).failure());
              else if (x->terminal)
                self->attempt(n + 1);
              else
                self->refuse(id, "is in use by the running");
            });
    }
  }

  /// Later attempts exist only after starts with FAIL_ON_RUNNING.
  void find_latest(uint32_t n, const std::string& id) {
    read_head(*context_, id_of(n + 1),
              [self = shared_from_this(), n, id](result<execution_head> x) {
                if (x)
                  self->find_latest(n + 1, self->id_of(n + 1));
                else if (x.failure().code == errc::not_found)
                  self->answer_id(id);
                else
                  self->done_(std::move(x).failure());
              });
  }

  gateway_context_pointer context_;
  start_workflow_request request_;
  workflow_def_pointer definition_;
  reply<answer> done_;
};

} // namespace start_detail

std::string keyed_workflow_id(std::string_view name, std::string_view key,
                              uint32_t attempt) {
  // The length keeps ("a", "bc") and ("ab", "c") apart.
  auto text = "tutti.idempotency." + std::to_string(name.size()) + '.'
              + std::string(name) + std::string(key) + '.'
              + std::to_string(attempt);
  auto hash = storage::sha256(text);
  uint64_t high = 0, low = 0;
  for (int i = 0; i < 8; ++i) {
    high = high << 8 | hash[i];
    low = low << 8 | hash[8 + i];
  }
  return make_workflow_id(high, low);
}

void start(const gateway_context_pointer& context, start_workflow x) {
  using namespace start_detail;
  auto& request = x.request;
  if (context->starts_in_flight >= context->settings.starts_in_flight_max) {
    x.done(failure{errc::unavailable,
                   "too many starts wait for their commit, try again"});
    return;
  }
  if (auto why = too_large(*context, request)) {
    x.done(std::move(*why));
    return;
  }
  auto definition = resolve(*context, request);
  if (!definition) {
    x.done(std::move(definition).failure());
    return;
  }
  ++context->starts_in_flight;
  if (!request.idempotency_key.empty()) {
    auto done = reply<answer>(
        [context, done = std::move(x.done)](result<answer> got) {
          --context->starts_in_flight;
          done(std::move(got));
        });
    std::make_shared<keyed_start>(context, std::move(request),
                                  std::move(*definition), std::move(done))
        ->attempt(0);
    return;
  }
  auto id = context->ids->workflow_id();
  auto done = with_id(context, id, std::move(x.done));
  auto head = engine::make_head(request, std::move(*definition), id,
                                context->clock->now_ms());
  if (head)
    send(*context, std::move(*head), request.definition != nullptr,
         std::move(done));
  else
    done(std::move(head).failure());
}

} // namespace tutti
