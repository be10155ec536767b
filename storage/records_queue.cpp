#include "storage/keys.hpp"
#include "storage/records.hpp"
#include "storage/records_fields.hpp"

#include <charconv>

// Records of waiting tasks, leases and polls.

namespace tutti::storage {

std::string write(const task_lease& x) {
  record::Lease out;
  out.set_version(record_fields::version);
  out.set_workflow_id(x.workflow_id);
  out.set_queue(x.queue);
  out.set_worker_id(x.worker_id);
  out.set_since(x.since);
  out.set_exempt(!x.limited);
  return out.SerializeAsString();
}

result<task_lease> read_lease(std::string_view key, std::string_view bytes) {
  record::Lease in;
  auto named = keys::read_lease(key);
  if (!named || !in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version)
    return record_fields::damaged("lease of a task");
  task_lease out;
  out.definition = std::move(named->definition);
  out.task_id = std::move(named->task_id);
  out.workflow_id = in.workflow_id();
  out.queue = in.queue();
  out.worker_id = in.worker_id();
  out.since = in.since();
  out.limited = !in.exempt();
  return out;
}

// workflow_id [00 definition [00 concurrent "," grants "," seconds [","
// bytes]]]

std::string write(const queue_entry& x) {
  // Polls need not weigh small tasks, and most are small.
  constexpr int64_t small_bytes = 16 << 10;
  bool large = x.input_bytes > small_bytes;
  std::string out = x.workflow_id;
  if (x.limited_by.empty() && !large)
    return out;
  out += '\0';
  out += x.limited_by;
  if (!x.own_limit.any() && !large)
    return out;
  out += '\0';
  out += std::to_string(x.own_limit.concurrent);
  out += ',';
  out += std::to_string(x.own_limit.grants);
  out += ',';
  out += std::to_string(x.own_limit.seconds);
  if (large) {
    out += ',';
    out += std::to_string(x.input_bytes);
  }
  return out;
}

queue_entry read_queue_entry(std::string_view bytes) {
  auto next = [&](char end) {
    auto at = std::min(bytes.find(end), bytes.size());
    auto part = bytes.substr(0, at);
    bytes.remove_prefix(std::min(at + 1, bytes.size()));
    return part;
  };
  auto number = [&](auto out) {
    auto part = next(',');
    std::from_chars(part.data(), part.data() + part.size(), out);
    return out;
  };
  queue_entry out;
  out.workflow_id = next('\0');
  out.limited_by = next('\0');
  out.own_limit.concurrent = number(int32_t{0});
  out.own_limit.grants = number(int32_t{0});
  out.own_limit.seconds = number(int32_t{0});
  out.input_bytes = number(int64_t{0});
  return out;
}

std::string write(const poll_mark& x) {
  record::PollMark out;
  out.set_version(record_fields::version);
  out.set_last_poll_time(x.last_poll_time);
  out.set_worker_id(x.worker_id);
  return out.SerializeAsString();
}

result<poll_mark> read_poll_mark(std::string_view bytes) {
  record::PollMark in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version)
    return record_fields::damaged("mark of a poll");
  return poll_mark{in.last_poll_time(), in.worker_id()};
}

} // namespace tutti::storage
