#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/definition_list.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace metadata_workflows_detail {

std::optional<failure> broken_rules(const route_context& context,
                                    const workflow_def& definition,
                                    const std::string& path) {
  auto found = tutti::validate(definition, path, context.settings.validation,
                               context.wiring);
  if (found.empty())
    return std::nullopt;
  return invalid_request(std::move(found));
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
  if (auto why = broken_rules(context, *definition, path))
    return refuse(*x, *why);
  register_workflows what;
  what.definitions.push_back(std::move(*definition));
  what.how = overwrite ? register_workflows::mode::overwrite
                       : register_workflows::mode::create;
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
}

void update(const route_context& context, exchange_pointer x) {
  auto definitions = read_workflow_defs(x->body());
  if (!definitions)
    return refuse(*x, definitions.failure());
  auto validate_one = [&](const workflow_def& one, const std::string& path) {
    return tutti::validate(one, path, context.settings.validation,
                           context.wiring);
  };
  if (auto why = check_definitions(*definitions, "updateWorkflowDef.arg0",
                                   context.settings, validate_one))
    return refuse(*x, *why);
  register_workflows what;
  what.definitions = std::move(*definitions);
  what.how = register_workflows::mode::upsert;
  what.done = answer_json(std::move(x));
  context.gateway->send(std::move(what));
}

void validate_only(const route_context& context, exchange_pointer x) {
  auto definition = read_workflow_def(x->body());
  if (!definition)
    return refuse(*x, definition.failure());
  if (auto why = broken_rules(context, *definition, "validateWorkflowDef.arg0"))
    return refuse(*x, *why);
  x->reply({});
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
