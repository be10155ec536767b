#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "api/rest/server/text.hpp"
#include "messages/model/json_writer.hpp"

#include <algorithm>

namespace tutti::rest {

// Where a client may put a large payload. This version stores none elsewhere:
// as Conductor without such a storage it names a path, and no address.

namespace payload_location_detail {

constexpr auto path_argument = required_text("path");
constexpr auto operation_argument = required_text("operation");
constexpr auto type_argument = required_text("payloadType");

bool is_one_of(std::string_view x, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](auto* name) { return same_name(x, name); });
}

failure unknown(const char* name, const std::string& value,
                const std::string& known) {
  return {errc::invalid, "query parameter '" + std::string(name) + "' must be "
                             + known + ", but is '" + value + "'"};
}

/// `of` is "WORKFLOW" or "TASK".
auto locate(const char* of) {
  return [of = std::string(of)](const context_pointer&, exchange_pointer x) {
    query_reader query(*x);
    auto path = query.read(path_argument);
    auto operation = query.read(operation_argument);
    auto type = query.read(type_argument);
    if (query.failure())
      return refuse(*x, *query.failure());
    if (!is_one_of(operation, {"READ", "WRITE"}))
      return refuse(*x, unknown("operation", operation, "READ or WRITE"));
    auto input = of + "_INPUT", output = of + "_OUTPUT";
    if (!is_one_of(type, {input.c_str(), output.c_str()}))
      return refuse(*x, unknown("payloadType", type, input + " or " + output));
    if (path.empty())
      path = type + '/' + std::to_string(api::next_poll_id()) + ".json";
    std::string out;
    json_object_writer object(out);
    object.text("path", path);
    object.close();
    x->reply(json(std::move(out)));
  };
}

} // namespace payload_location_detail

route_table payload_location_routes(const context_pointer& context) {
  using namespace payload_location_detail;
  route_table out;
  for (auto [base, of] : {std::pair{"/api/workflow/", "WORKFLOW"},
                          std::pair{"/api/tasks/", "TASK"}})
    for (auto* name : {"externalstoragelocation", "external-storage-location"})
      out.emplace_back(
          method::get, std::string(base) + name, permission::workflow_read,
          serve(context, locate(of)),
          about("Where a large payload is kept outside of the execution.")
              .with(path_argument, operation_argument, type_argument)
              .answers("ExternalStorageLocation"));
  return out;
}

} // namespace tutti::rest
