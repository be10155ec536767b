#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

// Notes on definitions, of the Orkes dialect: tags, and an operator's rate
// limit of a workflow. They hold for all versions of a name.

namespace tags_detail {

using kind = read_definitions::kind;
using subject = change_tags::kind;

auto read(kind what) {
  return [what](const context_pointer& context, exchange_pointer x,
                const path_params& path) {
    read_definitions ask;
    ask.what = what;
    ask.name = path["name"];
    post(*context, std::move(x), std::move(ask), as_json);
  };
}

auto change(subject of, change_tags::mode how) {
  return [=](const context_pointer& context, exchange_pointer x,
             std::string_view name) {
    auto tags = read_tags(x->body());
    if (!tags)
      return refuse(*x, tags.failure());
    if (auto why = context->admission.check(*tags, "saveTags.arg0"))
      return refuse(*x, *why);
    post(*context, std::move(x),
         change_tags{of, std::string(name), std::move(*tags), how}, as_void);
  };
}

void set_limit(const context_pointer& context, exchange_pointer x,
               std::string_view name) {
  auto limit = read_rate_limit(x->body());
  if (!limit)
    return refuse(*x, limit.failure());
  if (auto why = context->admission.check(*limit, "setRateLimit.arg0"))
    return refuse(*x, *why);
  post(*context, std::move(x),
       limit_workflow{std::string(name), std::move(*limit)}, as_void);
}

void remove_limit(const context_pointer& context, exchange_pointer x,
                  std::string_view name) {
  post(*context, std::move(x), limit_workflow{std::string(name), {}}, as_void);
}

} // namespace tags_detail

route_table tag_routes(const context_pointer& context) {
  using namespace tags_detail;
  using mode = change_tags::mode;
  const std::string base = "/api/metadata/",
                    limit = base + "workflow/{name}/rate-limit";
  constexpr auto to_read = permission::metadata_read;
  constexpr auto write = permission::metadata_write;
  route_table out{
      {method::get, base + "tags", to_read, serve(context, read(kind::tags)),
       about("All tags that are in use.").answers("[Tag]")},
      {method::get, limit, to_read, serve(context, read(kind::rate_limit)),
       about("The rate limit of a workflow.").answers("RateLimitConfig")},
      {method::put, limit, write, serve(context, set_limit),
       about("Limits the executions of a workflow that start from now on.")
           .takes("RateLimitConfig")},
      {method::delete_, limit, write, serve(context, remove_limit),
       about("Removes that limit; the definition's own holds again.")},
  };
  auto add = [&](const std::string& path, subject of, kind what) {
    out.emplace_back(method::get, path, to_read, serve(context, read(what)),
                     about("The tags of a definition.").answers("[Tag]"));
    out.emplace_back(method::post, path, write,
                     serve(context, change(of, mode::add)),
                     about("Adds a tag, or changes its value.").takes("Tag"));
    out.emplace_back(method::delete_, path, write,
                     serve(context, change(of, mode::remove)),
                     about("Removes a tag.").takes("Tag"));
  };
  auto add_all = [&](const std::string& path, subject of, kind what) {
    add(path, of, what);
    out.emplace_back(
        method::put, path, write, serve(context, change(of, mode::replace)),
        about("Replaces all tags of a definition.").takes("[Tag]"));
  };
  add_all(base + "workflow/{name}/tags", subject::workflow,
          kind::workflow_tags);
  add_all(base + "task/{name}/tags", subject::task, kind::task_tags);
  // Python's spelling.
  add(base + "tags/workflow/{name}", subject::workflow, kind::workflow_tags);
  return out;
}

} // namespace tutti::rest
