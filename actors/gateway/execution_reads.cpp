#include "actors/gateway/execution_reads.hpp"

namespace tutti {

void read_head(const gateway_context& context, std::string workflow_id,
               head_reader then) {
  envelope<read_execution_head> ask;
  ask.request.workflow_id = std::move(workflow_id);
  ask.done = reply<execution_head>(std::move(then));
  context.directory->tell(ask.request.workflow_id, std::move(ask));
}

void read_head_of_task(const gateway_context& context, std::string task_id,
                       head_reader then) {
  envelope<read_execution_head> ask;
  ask.request.task_id = std::move(task_id);
  ask.done = reply<execution_head>(std::move(then));
  context.directory->tell(ask.request.task_id, std::move(ask));
}

} // namespace tutti
