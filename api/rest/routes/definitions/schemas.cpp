#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/unknown_fields.hpp"
#include "messages/model/codec.hpp"

// The schema registry of the Orkes dialect: inputSchema and outputSchema may
// name these schemas.

namespace tutti::rest {

namespace schemas_detail {

using kind = read_definitions::kind;

constexpr auto new_version_argument = flag_of("newVersion", false);

void create(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  bool new_version = query.read(new_version_argument);
  unknown_fields unknown(query);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto schemas = read_schema_defs(x->body(), unknown.found());
  if (!schemas)
    return refuse(*x, schemas.failure());
  if (auto why = unknown.refusal())
    return refuse(*x, *why);
  if (auto why = context->admission.check(*schemas, "saveSchema.arg0"))
    return refuse(*x, *why);
  post(*context, std::move(x),
       register_schemas{std::move(*schemas), new_version},
       unknown.with_warnings(as_void));
}

void read_all(const context_pointer& context, exchange_pointer x) {
  post(*context, std::move(x), read_definitions{kind::schemas, {}, {}},
       as_json);
}

/// The version in the path, where there is one.
result<std::optional<int32_t>> version_in(const path_params& path) {
  if (path["version"].empty())
    return std::optional<int32_t>();
  auto version = read_version(path["version"]);
  if (!version)
    return version.failure();
  return std::optional<int32_t>(*version);
}

void read_one(const context_pointer& context, exchange_pointer x,
              const path_params& path) {
  auto version = version_in(path);
  if (!version)
    return refuse(*x, version.failure());
  read_definitions ask{kind::schema, std::string(path["name"]), *version};
  post(*context, std::move(x), std::move(ask), as_json);
}

void remove(const context_pointer& context, exchange_pointer x,
            const path_params& path) {
  auto version = version_in(path);
  if (!version)
    return refuse(*x, version.failure());
  post(*context, std::move(x),
       remove_schema{std::string(path["name"]), *version}, as_void);
}

} // namespace schemas_detail

route_table schema_routes(const context_pointer& context) {
  using namespace schemas_detail;
  const std::string all = "/api/schema", named = all + "/{name}",
                    one = named + "/{version}";
  constexpr auto read = permission::metadata_read;
  constexpr auto write = permission::metadata_write;
  return {
      {method::post, all, write, serve(context, create),
       about("Registers schemas.")
           .with(new_version_argument, strict)
           .takes("[SchemaDef]")},
      {method::get, all, read, serve(context, read_all),
       about("All versions of all schemas.").answers("[SchemaDef]")},
      {method::get, named, read, serve(context, read_one),
       about("The latest version of a schema.").answers("SchemaDef")},
      {method::get, one, read, serve(context, read_one),
       about("One version of a schema.").answers("SchemaDef")},
      {method::delete_, named, write, serve(context, remove),
       about("Removes all versions of a schema.")},
      {method::delete_, one, write, serve(context, remove),
       about("Removes one version of a schema.")},
  };
}

} // namespace tutti::rest
