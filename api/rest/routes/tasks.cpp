#include "api/rest/routes/answering.hpp"

namespace tutti::rest {

namespace tasks_detail {

void read(const route_context& context, exchange_pointer x,
          std::string_view id) {
  read_execution ask;
  ask.workflow_id = id;
  ask.what = read_execution::part::task;
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

// Raw text, whatever the content type says.
void append_log(const route_context& context, exchange_pointer x,
                std::string_view id) {
  append_task_log what;
  what.task_id = id;
  what.log = x->body();
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
}

void read_log(const route_context& context, exchange_pointer x,
              std::string_view id) {
  read_task_logs ask;
  ask.task_id = id;
  ask.done = answer_by<answer>(std::move(x), [](answer&& got) {
    return got.text.empty() ? no_content() : json(std::move(got.text));
  });
  context.gateway->send(std::move(ask));
}

} // namespace tasks_detail

void add_tasks(route_table& to, const context_pointer& context) {
  to.get("/api/tasks/{taskId}",
         [=](exchange_pointer x, const path_params& path) {
           tasks_detail::read(*context, std::move(x), path[0]);
         });
  to.post("/api/tasks/{taskId}/log",
          [=](exchange_pointer x, const path_params& path) {
            tasks_detail::append_log(*context, std::move(x), path[0]);
          });
  to.get("/api/tasks/{taskId}/log",
         [=](exchange_pointer x, const path_params& path) {
           tasks_detail::read_log(*context, std::move(x), path[0]);
         });
}

} // namespace tutti::rest
