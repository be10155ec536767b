#include "api/rest/routes/answering.hpp"

namespace tutti::rest {

namespace tasks_detail {

void read(const context_pointer& context, exchange_pointer x,
          std::string_view id) {
  read_execution ask;
  ask.workflow_id = id;
  ask.what = read_execution::part::task;
  post(*context, std::move(x), std::move(ask), as_json);
}

// Raw text, whatever the content type says.
void append_log(const context_pointer& context, exchange_pointer x,
                std::string_view id) {
  append_task_log what{std::string(id), std::string(x->body())};
  post(*context, std::move(x), std::move(what), as_void);
}

void read_log(const context_pointer& context, exchange_pointer x,
              std::string_view id) {
  post(*context, std::move(x), read_task_logs{std::string(id)},
       [](document&& got) {
         return got.text.empty() ? no_content() : json(std::move(got.text));
       });
}

} // namespace tasks_detail

route_table task_routes(const context_pointer& context) {
  using namespace tasks_detail;
  const std::string one = "/api/tasks/{taskId}";
  return {
      {method::get, one, permission::workflow_read, serve(context, read)},
      {method::post, one + "/log", permission::task_update,
       serve(context, append_log)},
      {method::get, one + "/log", permission::workflow_read,
       serve(context, read_log)},
  };
}

} // namespace tutti::rest
