#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/definition_list.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

// The schema registry of the Orkes dialect: what inputSchema and outputSchema
// may name instead of holding it.

namespace tutti::rest {

namespace schemas_detail {

void create(const route_context& context, exchange_pointer x) {
  query_reader query(*x);
  bool new_version = query.flag("newVersion", false);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto schemas = read_schema_defs(x->body());
  if (!schemas)
    return refuse(*x, schemas.failure());
  auto validate_one = [&](const schema_def& one, const std::string& path) {
    return tutti::validate(one, path, context.settings.validation);
  };
  if (auto why = check_definitions(*schemas, "saveSchema.arg0",
                                   context.settings, validate_one))
    return refuse(*x, *why);
  register_schemas what;
  what.definitions = std::move(*schemas);
  what.new_version = new_version;
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
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

void remove(const route_context& context, exchange_pointer x,
            std::string_view name, std::optional<int32_t> version) {
  remove_schema what;
  what.name = name;
  what.version = version;
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
}

/// Calls `go_on(version)`, or refuses a version that is no number.
template <class GoOn>
void with_version(exchange_pointer x, std::string_view text, GoOn go_on) {
  auto version = read_version(text);
  if (!version)
    return refuse(*x, version.failure());
  go_on(std::move(x), *version);
}

} // namespace schemas_detail

void add_schemas(route_table& to, const context_pointer& context) {
  namespace detail = schemas_detail;
  using kind = read_definitions::kind;
  const std::string base = "/api/schema";
  to.post(base, [=](exchange_pointer x, auto&) {
    detail::create(*context, std::move(x));
  });
  to.get(base, [=](exchange_pointer x, auto&) {
    detail::read(*context, std::move(x), kind::schemas);
  });
  to.get(base + "/{name}", [=](exchange_pointer x, const path_params& path) {
    detail::read(*context, std::move(x), kind::schema, path["name"]);
  });
  to.remove(base + "/{name}", [=](exchange_pointer x, const path_params& path) {
    detail::remove(*context, std::move(x), path["name"], std::nullopt);
  });
  to.get(base + "/{name}/{version}",
         [=](exchange_pointer x, const path_params& path) {
           detail::with_version(
               std::move(x), path["version"], [&](auto y, int32_t version) {
                 detail::read(*context, std::move(y), kind::schema,
                              path["name"], version);
               });
         });
  to.remove(base + "/{name}/{version}", [=](exchange_pointer x,
                                            const path_params& path) {
    detail::with_version(
        std::move(x), path["version"], [&](auto y, int32_t version) {
          detail::remove(*context, std::move(y), path["name"], version);
        });
  });
}

} // namespace tutti::rest
