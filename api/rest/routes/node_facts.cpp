#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"

#include <algorithm>

namespace tutti::rest {

// What the node is set up with: settings, and the names of what workflows may
// read. Values of secrets and variables are told to nobody.

namespace node_facts_detail {

void config(const context_pointer& context, exchange_pointer x) {
  std::string out;
  json_object_writer object(out);
  for (auto& [name, value] : context->facts.settings)
    object.text(name, value);
  object.text("version", context->settings.version);
  object.text("buildDate", context->facts.build_date);
  object.close();
  x->reply(json(std::move(out)));
}

void secrets(const context_pointer& context, exchange_pointer x) {
  std::string out = "[";
  for (auto& name : context->facts.secret_names) {
    if (out.size() > 1)
      out += ',';
    write_string(out, name);
  }
  x->reply(json(out + ']'));
}

void has_secret(const context_pointer& context, exchange_pointer x,
                std::string_view key) {
  auto& names = context->facts.secret_names;
  bool found = std::ranges::find(names, key) != names.end();
  x->reply(json(found ? "true" : "false"));
}

void variables(const context_pointer& context, exchange_pointer x) {
  std::string out = "[";
  for (auto& name : context->facts.variable_names) {
    if (out.size() > 1)
      out += ',';
    json_object_writer object(out);
    object.text("name", name);
    object.close();
  }
  x->reply(json(out + ']'));
}

} // namespace node_facts_detail

route_table node_fact_routes(const context_pointer& context) {
  using namespace node_facts_detail;
  return {
      {method::get, "/api/admin/config", permission::admin,
       serve(context, config),
       about("The settings of the node, as texts.").answers("{text}")},
      {method::get, "/api/secrets", permission::metadata_read,
       serve(context, secrets),
       about("The names of the secrets that workflows may use.")
           .answers("[text]")},
      // As the SDKs of the Orkes dialect ask for them.
      {method::post, "/api/secrets", permission::metadata_read,
       serve(context, secrets),
       about("The names of the secrets, as SDKs ask for them.")
           .answers("[text]")},
      {method::get, "/api/secrets/{key}/exists", permission::metadata_read,
       serve(context, has_secret),
       about("Whether workflows may use a secret of that name.")
           .answers("flag")},
      {method::get, "/api/environment", permission::metadata_read,
       serve(context, variables),
       about("The names of the variables that workflows may read.")
           .answers("[EnvironmentVariable]")},
  };
}

} // namespace tutti::rest
