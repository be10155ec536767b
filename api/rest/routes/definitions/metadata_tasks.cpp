#include "api/rest/routes/unknown_fields.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace metadata_tasks_detail {

void create(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  unknown_fields unknown(query);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto definitions = read_task_defs(x->body(), unknown.found());
  if (!definitions)
    return refuse(*x, definitions.failure());
  if (auto why = unknown.refusal())
    return refuse(*x, *why);
  if (auto why = context->admission.check(*definitions, "registerTaskDef.arg0"))
    return refuse(*x, *why);
  post(*context, std::move(x), register_tasks{std::move(*definitions)},
       unknown.with_warnings(as_void));
}

void update(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  unknown_fields unknown(query);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto definition = read_task_def(x->body(), unknown.found());
  if (!definition)
    return refuse(*x, definition.failure());
  if (auto why = unknown.refusal())
    return refuse(*x, *why);
  if (auto why = context->admission.check(*definition, "updateTaskDef.arg0"))
    return refuse(*x, *why);
  register_tasks what;
  what.definitions.push_back(std::move(*definition));
  what.must_exist = true;
  post(*context, std::move(x), std::move(what), unknown.with_warnings(as_void));
}

void read_all(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  read_definitions ask{read_definitions::kind::tasks, {}, {}};
  read_page(query, ask);
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), as_page);
}

void read_one(const context_pointer& context, exchange_pointer x,
              std::string_view name) {
  read_definitions ask{read_definitions::kind::task, std::string(name), {}};
  post(*context, std::move(x), std::move(ask), as_json);
}

void remove_one(const context_pointer& context, exchange_pointer x,
                std::string_view name) {
  post(*context, std::move(x), remove_task_definition{std::string(name)},
       as_void);
}

} // namespace metadata_tasks_detail

route_table metadata_task_routes(const context_pointer& context) {
  using namespace metadata_tasks_detail;
  const std::string all = "/api/metadata/taskdefs", one = all + "/{tasktype}";
  return {
      {method::post, all, permission::metadata_write, serve(context, create),
       about("Registers or replaces task definitions.")
           .with(strict)
           .takes("[TaskDef]")},
      {method::put, all, permission::metadata_write, serve(context, update),
       about("Replaces a task definition.").with(strict).takes("TaskDef")},
      {method::get, all, permission::metadata_read, serve(context, read_all),
       about("All task definitions.")
           .with(page_start, page_count)
           .answers("[TaskDef]")},
      {method::get, one, permission::metadata_read, serve(context, read_one),
       about("A task definition.").answers("TaskDef")},
      {method::delete_, one, permission::metadata_write,
       serve(context, remove_one), about("Removes a task definition.")},
  };
}

} // namespace tutti::rest
