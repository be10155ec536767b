#include "actors/system_tasks/outbound/http_worker.hpp"

namespace tutti {

void http_worker::perform(system_task task, told done) {
  auto request = read_http_request(task.input, times_);
  if (!request)
    return done(outcome_of(task, request.failure()));
  client_.send(std::move(*request),
               [task = std::move(task),
                done = std::move(done)](result<http_answer> answer) {
                 done(outcome_of(task, answer));
               });
}

} // namespace tutti
