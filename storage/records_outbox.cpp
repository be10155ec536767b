#include "messages/wire/outbox_message_form.hpp"
#include "storage/records.hpp"
#include "storage/records_fields.hpp"

namespace tutti::storage {

result<std::string> write(const outbox_message& x) {
  record::OutboxMessage out;
  out.set_version(record_fields::version);
  if (!wire::put(out, x))
    return failure{errc::internal, "execution " + x.from
                                       + " wrote an outbox message to " + x.to
                                       + " that no execution may send"};
  return record_fields::serialized(out,
                                   "an outbox message of execution " + x.from);
}

result<outbox_message> read_outbox_message(std::string_view bytes) {
  record::OutboxMessage in;
  outbox_message out;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version || !wire::take(in, out))
    return record_fields::damaged("outbox message");
  return out;
}

} // namespace tutti::storage
