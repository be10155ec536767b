#include "actors/gateway/task_logs.hpp"

#include "messages/model/codec.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"

namespace tutti {

result<document> read_logs(const storage::store& from,
                           const std::string& task_id) {
  namespace keys = storage::keys;
  document out;
  auto prefix = keys::logs_of(task_id);
  auto visit = [&](std::string_view key, std::string_view value) {
    auto k = keys::read_log(key);
    if (!k)
      return true;
    out.text += out.text.empty() ? '[' : ',';
    write(out.text, task_log{std::string(value), task_id, k->time});
    return true;
  };
  auto all = from.scan(shard_of(task_id, from.shards()), prefix,
                       keys::after(prefix), visit);
  if (!all)
    return std::move(all).failure();
  if (!out.text.empty())
    out.text += ']';
  return out;
}

} // namespace tutti
