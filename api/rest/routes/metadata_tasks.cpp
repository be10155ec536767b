#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/definition_list.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace metadata_tasks_detail {

void create(const route_context& context, exchange_pointer x) {
  auto definitions = read_task_defs(x->body());
  if (!definitions)
    return refuse(*x, definitions.failure());
  auto validate_one = [&](const task_def& one, const std::string& path) {
    return tutti::validate(one, path, context.settings.validation);
  };
  if (auto why = check_definitions(*definitions, "registerTaskDef.arg0",
                                   context.settings, validate_one))
    return refuse(*x, *why);
  register_tasks what;
  what.definitions = std::move(*definitions);
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
}

void update(const route_context& context, exchange_pointer x) {
  auto definition = read_task_def(x->body());
  if (!definition)
    return refuse(*x, definition.failure());
  if (auto found = tutti::validate(*definition, "updateTaskDef.arg0",
                                   context.settings.validation);
      !found.empty())
    return refuse(*x, invalid_request(std::move(found)));
  register_tasks what;
  what.definitions.push_back(std::move(*definition));
  what.must_exist = true;
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
}

void read(const route_context& context, exchange_pointer x,
          read_definitions::kind what, std::string_view name) {
  read_definitions ask;
  ask.what = what;
  ask.name = name;
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

void remove_one(const route_context& context, exchange_pointer x,
                std::string_view name) {
  remove_definition what;
  what.name = name;
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
}

} // namespace metadata_tasks_detail

void add_metadata_tasks(route_table& to, const context_pointer& context) {
  namespace detail = metadata_tasks_detail;
  using kind = read_definitions::kind;
  const std::string base = "/api/metadata/taskdefs";
  to.post(base, [=](exchange_pointer x, auto&) {
    detail::create(*context, std::move(x));
  });
  to.put(base, [=](exchange_pointer x, auto&) {
    detail::update(*context, std::move(x));
  });
  to.get(base, [=](exchange_pointer x, auto&) {
    detail::read(*context, std::move(x), kind::tasks, {});
  });
  to.get(base + "/{tasktype}",
         [=](exchange_pointer x, const path_params& path) {
           detail::read(*context, std::move(x), kind::task, path["tasktype"]);
         });
  to.remove(base + "/{tasktype}",
            [=](exchange_pointer x, const path_params& path) {
              detail::remove_one(*context, std::move(x), path["tasktype"]);
            });
}

} // namespace tutti::rest
