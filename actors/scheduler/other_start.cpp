#include "actors/scheduler/other_start.hpp"

#include "actors/engine/other_start.hpp"
#include "actors/engine/populate.hpp"

namespace tutti {

namespace other_start_detail {

result<workflow_def_pointer> definition_of(const shard_context& in,
                                           const start_other& what) {
  auto source = in.definitions();
  if (what.definition)
    return engine::populate(*what.definition, *source);
  if (in.populated)
    return in.populated(what.name, what.version);
  auto found = source->find_workflow(what.name, what.version);
  if (!found)
    return failure{errc::not_found,
                   "No such workflow defined. name=" + what.name + ", version="
                       + std::to_string(what.version.value_or(0))};
  return engine::populate(*found, *source);
}

} // namespace other_start_detail

result<command::start> begin_other(const shard_context& in,
                                   const start_other& what) {
  auto definition = other_start_detail::definition_of(in, what);
  if (!definition)
    return definition.failure();
  return engine::start_of(what, std::move(*definition), in.clock->now_ms());
}

} // namespace tutti
