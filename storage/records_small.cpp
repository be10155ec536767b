#include "storage/records.hpp"
#include "storage/records_fields.hpp"

namespace tutti::storage {

std::string write(const control& x) {
  record::Control out;
  out.set_version(record_fields::version);
  out.set_timer_due(x.timer_due);
  out.set_archived(x.archived);
  return out.SerializeAsString();
}

result<control> read_control(std::string_view bytes) {
  record::Control in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version)
    return record_fields::damaged("control row");
  return control{in.timer_due(), in.archived()};
}

std::string write(const catalog_entry& x) {
  record::CatalogEntry out;
  out.set_version(record_fields::version);
  out.set_workflow_version(x.version);
  out.set_status(static_cast<uint32_t>(x.status));
  out.set_archived(x.archived);
  return out.SerializeAsString();
}

result<catalog_entry> read_catalog_entry(std::string_view bytes) {
  record::CatalogEntry in;
  catalog_entry out;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version
      || !record_fields::set_enum(out.status, in.status(),
                                  record_fields::last_workflow_status))
    return record_fields::damaged("catalog entry");
  out.version = in.workflow_version();
  out.archived = in.archived();
  return out;
}

result<std::string> write_message(const payload& content) {
  record::EventMessage out;
  out.set_version(record_fields::version);
  out.set_content(record_fields::text_of(content));
  return record_fields::serialized(out, "a message of an event queue");
}

result<payload> read_message(std::string_view bytes) {
  record::EventMessage in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version)
    return record_fields::damaged("message of an event queue");
  return record_fields::payload_of(std::move(*in.mutable_content()));
}

result<std::string> write(const cached_output& x) {
  record::CachedOutput out;
  out.set_version(record_fields::version);
  out.set_expires_at(x.expires_at);
  out.set_output(record_fields::text_of(x.output));
  return record_fields::serialized(out, "a cached output");
}

result<cached_output> read_cached_output(std::string_view bytes) {
  record::CachedOutput in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version)
    return record_fields::damaged("kept output");
  return cached_output{in.expires_at(), record_fields::payload_of(
                                            std::move(*in.mutable_output()))};
}

std::string write(const slot_claim& x) {
  record::Slot out;
  out.set_version(record_fields::version);
  out.set_workflow_id(x.workflow_id);
  out.set_generation(x.generation);
  out.set_limit(x.limit);
  out.set_held(x.held);
  return out.SerializeAsString();
}

result<slot_claim> read_slot_claim(std::string_view bytes) {
  record::Slot in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version)
    return record_fields::damaged("slot of a rateLimitKey");
  return slot_claim{std::move(*in.mutable_workflow_id()), in.generation(),
                    in.limit(), in.held()};
}

} // namespace tutti::storage
