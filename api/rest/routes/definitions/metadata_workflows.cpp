#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/unknown_fields.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace metadata_workflows_detail {

using kind = read_definitions::kind;

using registration = std::shared_ptr<register_workflows>;

constexpr auto overwrite_argument = flag_of("overwrite", false);
constexpr auto version_argument = number_of("version");
constexpr auto classifier = texts_of("classifier");

/// The last step of a check: the refusal, or the request and its answer.
template <class Shape>
auto then_register(const context_pointer& context, exchange_pointer x,
                   registration what, Shape shape) {
  return [=](const std::optional<failure>& why) {
    if (why)
      return refuse(*x, *why);
    post(*context, x, std::move(*what), shape);
  };
}

void create(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  bool overwrite = query.read(overwrite_argument);
  unknown_fields unknown(query);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto definition = read_workflow_def(x->body(), unknown.found());
  if (!definition)
    return refuse(*x, definition.failure());
  if (auto why = unknown.refusal())
    return refuse(*x, *why);
  auto what = std::make_shared<register_workflows>();
  what->definitions.push_back(std::move(*definition));
  what->how = overwrite ? register_workflows::mode::overwrite
                        : register_workflows::mode::create;
  context->admission.check(
      what->definitions.front(),
      overwrite ? "updateWorkflowDef.arg0" : "registerWorkflowDef.arg0",
      x->context(),
      then_register(context, x, what, unknown.with_warnings(as_void)));
}

void update(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  unknown_fields unknown(query);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto definitions = read_workflow_defs(x->body(), unknown.found());
  if (!definitions)
    return refuse(*x, definitions.failure());
  if (auto why = unknown.refusal())
    return refuse(*x, *why);
  auto what = std::make_shared<register_workflows>();
  what->definitions = std::move(*definitions);
  what->how = register_workflows::mode::upsert;
  context->admission.check(
      what->definitions, "updateWorkflowDef.arg0", x->context(),
      then_register(context, x, what, unknown.with_warnings(as_json)));
}

void validate_only(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  unknown_fields unknown(query);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto definition = read_workflow_def(x->body(), unknown.found());
  if (!definition)
    return refuse(*x, definition.failure());
  if (auto why = unknown.refusal())
    return refuse(*x, *why);
  auto valid = unknown.with_warnings(as_void);
  context->admission.check(*definition, "validateWorkflowDef.arg0",
                           x->context(),
                           [x, valid](const std::optional<failure>& why) {
                             x->reply(why ? to_response(*why) : valid(done{}));
                           });
}

/// A list of all, or of those with the name in the path.
auto list(kind what) {
  return [what](const context_pointer& context, exchange_pointer x,
                const path_params& path) {
    query_reader query(*x);
    read_definitions ask{what, std::string(path["name"]), {}};
    read_page(query, ask);
    if (what == kind::workflows || what == kind::latest_versions)
      ask.classifiers = query.read(classifier);
    if (query.failure())
      return refuse(*x, *query.failure());
    post(*context, std::move(x), std::move(ask), as_page);
  };
}

/// The versions of one name, or of each: they are never many.
auto summaries(kind what) {
  return [what](const context_pointer& context, exchange_pointer x,
                const path_params& path) {
    read_definitions ask{what, std::string(path["name"]), {}};
    post(*context, std::move(x), std::move(ask), as_json);
  };
}

void read_one(const context_pointer& context, exchange_pointer x,
              const path_params& path) {
  query_reader query(*x);
  read_definitions ask{kind::workflow, std::string(path["name"]),
                       query.read(version_argument)};
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), as_json);
}

void remove_one(const context_pointer& context, exchange_pointer x,
                const path_params& path) {
  auto version = read_version(path["version"]);
  if (!version)
    return refuse(*x, version.failure());
  remove_workflow_definition what{std::string(path["name"]), *version};
  post(*context, std::move(x), std::move(what), as_void);
}

} // namespace metadata_workflows_detail

route_table metadata_workflow_routes(const context_pointer& context) {
  using namespace metadata_workflows_detail;
  const std::string all = "/api/metadata/workflow", one = all + "/{name}";
  constexpr auto read = permission::metadata_read;
  constexpr auto write = permission::metadata_write;
  return {
      {method::post, all, write, serve(context, create),
       about("Registers a workflow definition.")
           .with(overwrite_argument, strict)
           .takes("WorkflowDef")},
      {method::put, all, write, serve(context, update),
       about("Registers or replaces workflow definitions.")
           .with(strict)
           .takes("[WorkflowDef]")
           .answers("BulkResponse")},
      // Changes nothing.
      {method::post, all + "/validate", read, serve(context, validate_only),
       about("Checks a workflow definition and stores nothing.")
           .with(strict)
           .takes("WorkflowDef")},
      {method::get, all, read, serve(context, list(kind::workflows)),
       about("All versions of all workflow definitions.")
           .with(classifier, page_start, page_count)
           .answers("[WorkflowDef]")},
      {method::get, all + "/names", read, serve(context, list(kind::names)),
       about("The names of all workflow definitions.")
           .with(page_start, page_count)
           .answers("[text]")},
      {method::get, all + "/names-and-versions", read,
       serve(context, summaries(kind::names_and_versions)),
       about("The versions of each workflow definition.")
           .answers("{[WorkflowDefSummary]}")},
      {method::get, all + "/latest-versions", read,
       serve(context, list(kind::latest_versions)),
       about("The latest version of each workflow definition.")
           .with(classifier, page_start, page_count)
           .answers("[WorkflowDef]")},
      {method::get, one + "/versions", read,
       serve(context, summaries(kind::versions)),
       about("The versions of a workflow definition.")
           .answers("[WorkflowDefSummary]")},
      {method::get, one, read, serve(context, read_one),
       about("A workflow definition, by default its latest version.")
           .with(version_argument)
           .answers("WorkflowDef")},
      {method::delete_, one + "/{version}", write, serve(context, remove_one),
       about("Removes one version; executions go on.")},
  };
}

} // namespace tutti::rest
