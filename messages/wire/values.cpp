#include "messages/wire/values.hpp"

#include "messages/model/schedules/schedule_codec.hpp"

#include <memory>

namespace tutti::wire {

namespace values_detail {

template <class T>
bool keep(result<T> read, T& out) {
  if (read)
    out = std::move(*read);
  return bool(read);
}

} // namespace values_detail

using values_detail::keep;

std::string given(const workflow_def& x) {
  std::string out;
  write_compact(out, x);
  return out;
}
std::string given(const task_def& x) {
  std::string out;
  write(out, x);
  return out;
}
std::string given(const schema_def& x) {
  std::string out;
  write(out, x);
  return out;
}

std::string given(const event_handler& x) {
  std::string out;
  write(out, x);
  return out;
}
std::string given(const rate_limit_config& x) {
  std::string out;
  write(out, x);
  return out;
}

bool take(const std::string& in, workflow_def& out) {
  return keep(read_workflow_def(in), out);
}
bool take(const std::string& in, task_def& out) {
  return keep(read_task_def(in), out);
}
bool take(const std::string& in, schema_def& out) {
  auto list = read_schema_defs("[" + in + "]");
  if (!list || list->size() != 1)
    return false;
  out = std::move(list->front());
  return true;
}

bool take(const std::string& in, event_handler& out) {
  auto list = read_event_handlers(in);
  if (!list || list->size() != 1)
    return false;
  out = std::move(list->front());
  return true;
}
bool take(const std::string& in, rate_limit_config& out) {
  return keep(read_rate_limit(in), out);
}
std::string given(const schedule_def& x) {
  std::string out;
  write_compact(out, x);
  return out;
}
bool take(const std::string& in, schedule_def& out) {
  return keep(read_schedule_def(in), out);
}

bool take(const std::string& in, workflow_def_pointer& out) {
  if (in.empty()) {
    out = nullptr;
    return true;
  }
  workflow_def read;
  if (!take(in, read))
    return false;
  out = std::make_shared<const workflow_def>(std::move(read));
  return true;
}

} // namespace tutti::wire
