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
         && TUTTI_FIELD(asked_by) && TUTTI_FIELD(sub_workflow_id)
         && TUTTI_FIELD(task_id) && TUTTI_LIST(secrets);
}
template <class Io>
bool form(Io io, pb::SortedDocument& m, subject<Io, sorted_document>& x) {
  return TUTTI_FIELD(key) && TUTTI_FIELD(text);
}
template <class Io>
bool form(Io io, pb::SortedDocuments& m, subject<Io, sorted_documents>& x) {
  return TUTTI_PARTS(items) && TUTTI_FIELD(total);
}
template <class Io>
bool form(Io io, pb::ValueCount& m, subject<Io, value_count>& x) {
  return TUTTI_FIELD(field) && TUTTI_FIELD(value) && TUTTI_FIELD(count);
}
template <class Io>
bool form(Io io, pb::SearchResult& m, subject<Io, search_result>& x) {
  return TUTTI_LIST(items) && TUTTI_FIELD(total) && TUTTI_FIELD(cursor)
         && TUTTI_PARTS(facets) && TUTTI_LIST(warnings) && TUTTI_FIELD(behind)
         && TUTTI_FIELD(behind_ms) && TUTTI_LIST(places);
}
template <class Io>
bool form(Io io, pb::Acknowledged& m, subject<Io, acknowledged>& x) {
  return TUTTI_FIELD(found);
}
template <class Io>
bool form(Io io, pb::JobEntry& m, subject<Io, job_entry>& x) {
  return TUTTI_FIELD(id) && TUTTI_FIELD(created) && TUTTI_FIELD(text);
}
template <class Io>
bool form(Io io, pb::JobList& m, subject<Io, job_list>& x) {
  return TUTTI_PARTS(items) && TUTTI_FIELD(total);
}
template <class Io>
bool form(Io io, pb::Waited& m, subject<Io, waited>& x) {
  return TUTTI_FIELD(workflow_id) && TUTTI_FIELD(status) && TUTTI_FIELD(shown)
         && TUTTI_FIELD(timed_out) && TUTTI_FIELD(effective)
         && TUTTI_FIELD(content);
}
template <class Io>
bool form(Io io, pb::Observed& m, subject<Io, observed>& x) {
  return TUTTI_FIELD(now) && TUTTI_FIELD(status) && TUTTI_FIELD(takes_signals)
         && TUTTI_LIST(children) && TUTTI_FIELD(part) && TUTTI_FIELD(is_large)
         && TUTTI_FIELD(content);
}

} // namespace tutti::wire
