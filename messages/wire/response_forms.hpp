#pragma once

#include "messages/proto/requests.pb.h"
#include "messages/wire/form.hpp"

// The forms of all responses.

namespace tutti::wire {

namespace pb = tutti::request;

template <class Io>
bool form(Io io, pb::Violation& m, subject<Io, violation>& x) {
  return TUTTI_FIELD(path) && TUTTI_FIELD(message)
         && TUTTI_OPTIONAL(invalid_value);
}
template <class Io>
bool form(Io io, pb::Violations& m, subject<Io, std::vector<violation>>& x) {
  return parts_field(io, x, *m.mutable_items());
}
template <class Io>
bool form(Io io, pb::Failure& m, subject<Io, failure>& x) {
  return TUTTI_FIELD(code) && TUTTI_FIELD(message) && TUTTI_PARTS(violations);
}
template <class Io>
bool form(Io, pb::Done&, subject<Io, done>&) {
  return true;
}
template <class Io>
bool form(Io io, pb::Answer& m, subject<Io, answer>& x) {
  return TUTTI_FIELD(text) && TUTTI_FIELD(task_type) && TUTTI_FIELD(domain)
         && TUTTI_FIELD(task_ended) && TUTTI_FIELD(effective);
}
template <class Io>
bool form(Io io, pb::Document& m, subject<Io, document>& x) {
  return TUTTI_FIELD(text) && TUTTI_FIELD(next);
}
template <class Io>
bool form(Io io, pb::Started& m, subject<Io, started>& x) {
  return TUTTI_FIELD(workflow_id);
}
template <class Io>
bool form(Io io, pb::Polled& m, subject<Io, polled>& x) {
  return TUTTI_LIST(tasks);
}
template <class Io>
bool form(Io io, pb::ExecutionSummary& m, subject<Io, execution_summary>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(name) && TUTTI_FIELD(version)
         && TUTTI_FIELD(status) && TUTTI_FIELD(created);
}
template <class Io>
bool form(Io io, pb::ExecutionList& m, subject<Io, execution_list>& x) {
  return TUTTI_PARTS(items) && TUTTI_FIELD(total);
}
template <class Io>
bool form(Io io, pb::Incident& m, subject<Io, incident>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(last_error)
         && TUTTI_FIELD(crashes) && TUTTI_FIELD(since);
}
template <class Io>
bool form(Io io, pb::IncidentList& m, subject<Io, incident_list>& x) {
  return TUTTI_PARTS(items);
}
template <class Io>
bool form(Io io, pb::ExecutionHead& m, subject<Io, execution_head>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(name) && TUTTI_FIELD(status)
         && TUTTI_FIELD(parent_workflow_id) && TUTTI_FIELD(parent_task_id)
         && TUTTI_FIELD(asked_by) && TUTTI_FIELD(sub_workflow_id);
}
template <class Io>
bool form(Io io, pb::Acknowledged& m, subject<Io, acknowledged>& x) {
  return TUTTI_FIELD(found);
}

} // namespace tutti::wire
