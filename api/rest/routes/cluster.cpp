#include "api/rest/routes/answering.hpp"

namespace tutti::rest {

// The nodes that are one Tutti, as this one sees them.

namespace cluster_detail {

void status(const context_pointer& context, exchange_pointer x) {
  x->reply(json(context->cluster()));
}

} // namespace cluster_detail

route_table cluster_routes(const context_pointer& context) {
  if (!context->cluster)
    return {};
  return {
      {method::get, "/api/tutti/cluster", permission::admin,
       serve(context, cluster_detail::status),
       about("The nodes of the cluster, their shards, and the links to them.")
           .answers("map")},
  };
}

} // namespace tutti::rest
