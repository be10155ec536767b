#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/bulk_run.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace bulk_detail {

using steps = std::vector<bulk_run::step>;

bulk_run::step call(const context_pointer& context, workflow_command what) {
  return [=](const std::string& id, reply<answer> done) {
    call_workflow message;
    message.workflow_id = id;
    message.what = what;
    message.done = std::move(done);
    context->gateway->send(std::move(message));
  };
}

bulk_run::step remove(const context_pointer& context, bool archive) {
  return [=](const std::string& id, reply<answer> done) {
    remove_workflow message;
    message.workflow_id = id;
    message.archive = archive;
    message.done = std::move(done);
    context->gateway->send(std::move(message));
  };
}

bulk_run::step restart(const context_pointer& context, bool use_latest) {
  return [=](const std::string& id, reply<answer> done) {
    restart_workflow message;
    message.workflow_id = id;
    message.use_latest = use_latest;
    message.done = std::move(done);
    context->gateway->send(std::move(message));
  };
}

bulk_run::step terminate(const context_pointer& context, query_reader& query) {
  command::terminate what;
  what.reason = query.text("reason");
  return call(context, std::move(what));
}

std::optional<violation> broken_rule(const std::vector<std::string>& ids,
                                     size_t most, const std::string& path) {
  if (ids.empty())
    return violation{path, "the list of workflow ids is empty", {}};
  if (ids.size() > most)
    return violation{path,
                     "the list has " + std::to_string(ids.size())
                         + " workflow ids, at most " + std::to_string(most)
                         + " are handled at once",
                     {}};
  return std::nullopt;
}

/// `make` reads the query and answers the steps.
template <class Make>
route_handler handler(const context_pointer& context, std::string path,
                      Make make) {
  return [=](exchange_pointer x, const path_params&) {
    query_reader query(*x);
    steps todo = make(query);
    if (query.failure())
      return refuse(*x, *query.failure());
    auto ids = read_strings(x->body(), "list of workflow ids");
    if (!ids)
      return refuse(*x, ids.failure());
    if (auto broken = broken_rule(*ids, context->settings.bulk_ids_max, path))
      return refuse(*x, invalid_request({std::move(*broken)}));
    std::make_shared<bulk_run>(std::move(x), std::move(*ids), std::move(todo))
        ->start();
  };
}

} // namespace bulk_detail

void add_bulk(route_table& to, const context_pointer& context) {
  using namespace bulk_detail;
  const std::string base = "/api/workflow/bulk/";
  auto plain = [&](const char* path, workflow_command what) {
    return handler(context, path,
                   [=](query_reader&) { return steps{call(context, what)}; });
  };
  to.put(base + "pause", plain("pauseWorkflow.arg0", command::pause{}));
  to.put(base + "resume", plain("resumeWorkflow.arg0", command::resume{}));
  to.post(base + "retry", plain("retry.arg0", command::retry{}));
  to.post(base + "restart",
          handler(context, "restart.arg0", [=](query_reader& query) {
            return steps{
                restart(context, query.flag("useLatestDefinitions", false))};
          }));
  to.post(base + "terminate",
          handler(context, "terminate.arg0", [=](query_reader& query) {
            return steps{terminate(context, query)};
          }));
  to.remove(base + "remove",
            handler(context, "deleteWorkflow.arg0", [=](query_reader& query) {
              return steps{
                  remove(context, query.flag("archiveWorkflow", true))};
            }));
  // An id may come out as a success and as an error: COMPLETED ones cannot be
  // terminated, but are removed.
  to.remove(base + "terminate-remove",
            handler(context, "terminateRemove.arg0", [=](query_reader& query) {
              return steps{
                  terminate(context, query),
                  remove(context, query.flag("archiveWorkflow", true))};
            }));
}

} // namespace tutti::rest
