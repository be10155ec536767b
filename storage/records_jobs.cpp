#include "storage/records_jobs.hpp"

#include "storage/records_fields.hpp"

namespace tutti::storage {

namespace records_jobs_detail {

constexpr auto last_status = job_status::failed;
constexpr auto last_errc = errc::internal;

template <class Message>
bool parse(Message& out, std::string_view bytes) {
  return out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
         && out.version() == record_fields::version;
}

} // namespace records_jobs_detail

using namespace records_jobs_detail;

std::string_view to_text(job_status x) {
  switch (x) {
    case job_status::running:
      return "RUNNING";
    case job_status::paused:
      return "PAUSED";
    case job_status::completed:
      return "COMPLETED";
    case job_status::canceled:
      return "CANCELED";
    case job_status::failed:
      return "FAILED";
  }
  return "";
}

std::string write(const stored_job& x) {
  record::Job out;
  out.set_version(record_fields::version);
  out.set_query(x.query);
  out.set_free_text(x.free_text);
  out.set_all(x.all);
  out.set_action(x.action);
  out.set_arguments(record_fields::text_of(x.arguments));
  out.set_rate(x.rate);
  out.set_parallel(x.parallel);
  out.set_status(static_cast<uint32_t>(x.status));
  out.set_created_by(x.created_by);
  out.set_created_at(x.created_at);
  out.set_ended_at(x.ended_at);
  out.set_updated_at(x.updated_at);
  out.set_reason(x.reason);
  out.set_total(x.total);
  out.set_chunks(x.chunks);
  out.set_cursor(x.cursor);
  out.set_collected(x.collected);
  out.set_position(x.position);
  out.set_window_end(x.window_end);
  out.set_chunk(x.chunk);
  out.set_chunk_begin(x.chunk_begin);
  out.set_done(x.done);
  out.set_failed(x.failed);
  out.set_skipped(x.skipped);
  out.set_errors(x.errors);
  for (auto& [code, count] : x.error_counts) {
    auto& one = *out.add_error_counts();
    one.set_code(static_cast<uint32_t>(code));
    one.set_count(count);
  }
  return out.SerializeAsString();
}

result<stored_job> read_job(std::string_view record) {
  record::Job in;
  stored_job out;
  if (!parse(in, record)
      || !record_fields::set_enum(out.status, in.status(), last_status))
    return record_fields::damaged("job");
  out.query = std::move(*in.mutable_query());
  out.free_text = std::move(*in.mutable_free_text());
  out.all = in.all();
  out.action = std::move(*in.mutable_action());
  out.arguments = record_fields::payload_of(std::move(*in.mutable_arguments()));
  out.rate = in.rate();
  out.parallel = in.parallel();
  out.created_by = std::move(*in.mutable_created_by());
  out.created_at = in.created_at();
  out.ended_at = in.ended_at();
  out.updated_at = in.updated_at();
  out.reason = std::move(*in.mutable_reason());
  out.total = in.total();
  out.chunks = in.chunks();
  out.cursor = std::move(*in.mutable_cursor());
  out.collected = in.collected();
  out.position = in.position();
  out.window_end = in.window_end();
  out.chunk = in.chunk();
  out.chunk_begin = in.chunk_begin();
  out.done = in.done();
  out.failed = in.failed();
  out.skipped = in.skipped();
  out.errors = in.errors();
  for (auto& one : in.error_counts()) {
    errc code{};
    if (!record_fields::set_enum(code, one.code(), last_errc))
      return record_fields::damaged("job");
    out.error_counts[code] = one.count();
  }
  return out;
}

std::string write_job_ids(const std::vector<std::string>& ids) {
  record::JobIds out;
  out.set_version(record_fields::version);
  for (auto& id : ids)
    out.add_ids(id);
  return out.SerializeAsString();
}

result<std::vector<std::string>> read_job_ids(std::string_view record) {
  record::JobIds in;
  if (!parse(in, record))
    return record_fields::damaged("list of a job's ids");
  return std::vector<std::string>(in.ids().begin(), in.ids().end());
}

std::string write(const job_error& x) {
  record::JobError out;
  out.set_version(record_fields::version);
  out.set_workflow_id(x.workflow_id);
  out.set_code(static_cast<uint32_t>(x.code));
  out.set_message(x.message);
  out.set_skipped(x.skipped);
  out.set_at(x.at);
  return out.SerializeAsString();
}

result<job_error> read_job_error(std::string_view record) {
  record::JobError in;
  job_error out;
  if (!parse(in, record)
      || !record_fields::set_enum(out.code, in.code(), last_errc))
    return record_fields::damaged("error of a job");
  out.workflow_id = std::move(*in.mutable_workflow_id());
  out.message = std::move(*in.mutable_message());
  out.skipped = in.skipped();
  out.at = in.at();
  return out;
}

result<std::string> write(const archived_execution& x) {
  record::ArchivedExecution out;
  out.set_version(record_fields::version);
  out.set_name(x.name);
  out.set_workflow_version(x.version);
  out.set_status(static_cast<uint32_t>(x.status));
  out.set_created_at(x.created_at);
  out.set_ended_at(x.ended_at);
  out.set_archived_at(x.archived_at);
  out.set_correlation_id(x.correlation_id);
  out.set_execution(x.execution);
  return record_fields::serialized(out, "an archived execution");
}

result<archived_execution> read_archived(std::string_view record) {
  record::ArchivedExecution in;
  archived_execution out;
  if (!parse(in, record)
      || !record_fields::set_enum(out.status, in.status(),
                                  record_fields::last_workflow_status))
    return record_fields::damaged("archived execution");
  out.name = std::move(*in.mutable_name());
  out.version = in.workflow_version();
  out.created_at = in.created_at();
  out.ended_at = in.ended_at();
  out.archived_at = in.archived_at();
  out.correlation_id = std::move(*in.mutable_correlation_id());
  out.execution = std::move(*in.mutable_execution());
  return out;
}

} // namespace tutti::storage
