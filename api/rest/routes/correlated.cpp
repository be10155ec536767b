#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

// Executions by their correlation ids.

namespace tutti::rest {

namespace correlated_detail {

constexpr auto include_closed = flag_of("includeClosed", false);
constexpr auto include_tasks = flag_of("includeTasks", false);

result<find_correlated> read_flags(const exchange& x) {
  query_reader query(x);
  find_correlated out;
  out.include_closed = query.read(include_closed);
  out.include_tasks = query.read(include_tasks);
  if (query.failure())
    return *query.failure();
  return out;
}

/// A list of texts, at most as long as a bulk request.
std::optional<failure> read_texts(const shared_context& context,
                                  const nlohmann::json& from,
                                  const std::string& what,
                                  std::vector<std::string>& into) {
  if (!from.is_array())
    return failure{errc::invalid, what + " must be a list"};
  auto most = context.settings.admission.bulk_ids_max;
  if (from.size() > most)
    return failure{errc::invalid, what + " has " + std::to_string(from.size())
                                      + " entries; at most "
                                      + std::to_string(most) + " are allowed"};
  for (auto& one : from) {
    if (!one.is_string())
      return failure{errc::invalid, what + " must be a list of texts"};
    into.push_back(one.get<std::string>());
  }
  return std::nullopt;
}

void by_path(const context_pointer& context, exchange_pointer x,
             const path_params& path) {
  auto ask = read_flags(*x);
  if (!ask)
    return refuse(*x, ask.failure());
  ask->names = {std::string(path["name"])};
  ask->correlation_ids = {std::string(path["correlationId"])};
  ask->as_list = true;
  post(*context, std::move(x), std::move(*ask), as_json);
}

void by_ids(const context_pointer& context, exchange_pointer x,
            std::string_view name) {
  auto ask = read_flags(*x);
  if (!ask)
    return refuse(*x, ask.failure());
  auto body = parse_json(x->body());
  if (!body)
    return refuse(*x, body.failure());
  if (auto why = read_texts(*context, *body, "the body", ask->correlation_ids))
    return refuse(*x, *why);
  ask->names = {std::string(name)};
  post(*context, std::move(x), std::move(*ask), as_json);
}

// The Orkes dialect: several names at once.
void batch(const context_pointer& context, exchange_pointer x) {
  auto ask = read_flags(*x);
  if (!ask)
    return refuse(*x, ask.failure());
  auto body = read_object(x->body(), "the search by correlation ids");
  if (!body)
    return refuse(*x, body.failure());
  for (auto& [key, into] : {std::pair{"correlationIds", &ask->correlation_ids},
                            std::pair{"workflowNames", &ask->names}}) {
    auto it = body->json().find(key);
    if (it == body->json().end())
      return refuse(*x, std::string("'") + key + "' is missing");
    if (auto why
        = read_texts(*context, *it, std::string("'") + key + "'", *into))
      return refuse(*x, *why);
  }
  if (ask->names.empty())
    return refuse(*x, "'workflowNames' is empty");
  post(*context, std::move(x), std::move(*ask), as_json);
}

} // namespace correlated_detail

route_table correlated_routes(const context_pointer& context) {
  using namespace correlated_detail;
  constexpr auto read = permission::workflow_read;
  const std::string named = "/api/workflow/{name}/correlated";
  return {
      {method::get, named + "/{correlationId}", read, serve(context, by_path),
       about("The executions of a name with a correlation id.")
           .with(include_closed, include_tasks)
           .answers("[Workflow]")},
      {method::post, named, read, serve(context, by_ids),
       about("The executions of a name by correlation ids.")
           .with(include_closed, include_tasks)
           .takes("[text]")
           .answers("map")},
      {method::post, "/api/workflow/correlated/batch", read,
       serve(context, batch),
       about("The executions of some names by correlation ids.")
           .with(include_closed, include_tasks)
           .takes("map")
           .answers("map")},
  };
}

} // namespace tutti::rest
