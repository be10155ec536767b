#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/definition_list.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "api/rest/routes/script_syntax.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace metadata_workflows_detail {

void when_valid(const route_context& context, exchange_pointer x,
                const workflow_def& definition, const std::string& path,
                std::function<void(exchange_pointer)> go_on) {
  auto found = tutti::validate(definition, path, context.settings.validation,
                               context.check_references);
  std::vector<script_to_check> scripts;
  collect_scripts(scripts, definition, path);
  rest::when_valid(context, std::move(x), std::move(found), std::move(scripts),
                   std::move(go_on));
}

void create(const route_context& context, exchange_pointer x) {
  query_reader query(*x);
  bool overwrite = query.flag("overwrite", false);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto definition = read_workflow_def(x->body());
  if (!definition)
    return refuse(*x, definition.failure());
  auto path = overwrite ? "updateWorkflowDef.arg0" : "registerWorkflowDef.arg0";
  register_workflows what;
  what.definitions.push_back(*definition);
  what.how = overwrite ? register_workflows::mode::overwrite
                       : register_workflows::mode::create;
  when_valid(context, std::move(x), *definition, path,
             [what = std::move(what),
              gateway = context.gateway](exchange_pointer x) mutable {
               what.done = answer_void(std::move(x));
               gateway->send(std::move(what));
             });
}

void update(const route_context& context, exchange_pointer x) {
  auto definitions = read_workflow_defs(x->body());
  if (!definitions)
    return refuse(*x, definitions.failure());
  auto validate_one = [&](const workflow_def& one, const std::string& path) {
    return tutti::validate(one, path, context.settings.validation,
                           context.check_references);
  };
  auto why = check_definitions(*definitions, "updateWorkflowDef.arg0",
                               context.settings, validate_one);
  std::vector<script_to_check> scripts;
  for (size_t i = 0; i < definitions->size(); ++i)
    collect_scripts(scripts, (*definitions)[i],
                    "updateWorkflowDef.arg0[" + std::to_string(i) + "]");
  register_workflows what;
  what.definitions = std::move(*definitions);
  what.how = register_workflows::mode::upsert;
  rest::when_valid(context, std::move(x),
                   why ? std::move(why->violations) : std::vector<violation>{},
                   std::move(scripts),
                   [what = std::move(what),
                    gateway = context.gateway](exchange_pointer x) mutable {
                     what.done = answer_json(std::move(x));
                     gateway->send(std::move(what));
                   });
}

void validate_only(const route_context& context, exchange_pointer x) {
  auto definition = read_workflow_def(x->body());
  if (!definition)
    return refuse(*x, definition.failure());
  when_valid(context, std::move(x), *definition, "validateWorkflowDef.arg0",
             [](exchange_pointer x) { x->reply({}); });
}

void read(const route_context& context, exchange_pointer x,
          read_definitions::kind what, std::string_view name = {},
          std::optional<int32_t> version = std::nullopt) {
  read_definitions ask;
  ask.what = what;
  ask.name = name;
  ask.version = version;
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

void read_one(const route_context& context, exchange_pointer x,
              const path_params& path) {
  query_reader query(*x);
  auto version = query.version();
  if (query.failure())
    return refuse(*x, *query.failure());
  read(context, std::move(x), read_definitions::kind::workflow, path["name"],
       version);
}

void remove_one(const route_context& context, exchange_pointer x,
                const path_params& path) {
  auto version = read_version(path["version"]);
  if (!version)
    return refuse(*x, version.failure());
  remove_definition what;
  what.name = path["name"];
  what.version = *version;
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
}

} // namespace metadata_workflows_detail

void add_metadata_workflows(route_table& to, const context_pointer& context) {
  namespace detail = metadata_workflows_detail;
  using kind = read_definitions::kind;
  const std::string base = "/api/metadata/workflow";
  to.post(base, [=](exchange_pointer x, auto&) {
    detail::create(*context, std::move(x));
  });
  to.put(base, [=](exchange_pointer x, auto&) {
    detail::update(*context, std::move(x));
  });
  to.post(base + "/validate", [=](exchange_pointer x, auto&) {
    detail::validate_only(*context, std::move(x));
  });
  auto lists = [&](const std::string& pattern, kind what) {
    to.get(pattern, [=](exchange_pointer x, const path_params& path) {
      detail::read(*context, std::move(x), what, path["name"]);
    });
  };
  lists(base, kind::workflows);
  lists(base + "/names", kind::names);
  lists(base + "/names-and-versions", kind::names_and_versions);
  lists(base + "/latest-versions", kind::latest_versions);
  lists(base + "/{name}/versions", kind::versions);
  to.get(base + "/{name}", [=](exchange_pointer x, const path_params& path) {
    detail::read_one(*context, std::move(x), path);
  });
  to.remove(base + "/{name}/{version}",
            [=](exchange_pointer x, const path_params& path) {
              detail::remove_one(*context, std::move(x), path);
            });
}

} // namespace tutti::rest
