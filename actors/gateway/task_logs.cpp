#include "actors/gateway/task_logs.hpp"

#include "messages/model/codec.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"

namespace tutti {

result<document> read_logs(const storage::store& from,
                           const read_task_logs& what, size_t bytes_max) {
  namespace keys = storage::keys;
  document out;
  auto prefix = keys::logs_of(what.task_id);
  int64_t line = -1;
  auto visit = [&](std::string_view key, std::string_view value) {
    auto k = keys::read_log(key);
    if (!k || ++line < what.start)
      return true;
    // At least one line, or the reader would come no further.
    if (line > what.start
        && (line - what.start >= what.count
            || out.text.size() + value.size() > bytes_max)) {
      out.next = line;
      return false;
    }
    out.text += out.text.empty() ? '[' : ',';
    write(out.text, task_log{std::string(value), what.task_id, k->time});
    return true;
  };
  auto all = from.scan(shard_of(what.task_id, from.shards()), prefix,
                       keys::after(prefix), visit);
  if (!all)
    return std::move(all).failure();
  if (!out.text.empty())
    out.text += ']';
  return out;
}

} // namespace tutti
