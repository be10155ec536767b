#include "actors/schedules/firing_ids.hpp"

#include "messages/model/ids.hpp"
#include "storage/sha256.hpp"

namespace tutti {

namespace firing_ids_detail {

constexpr std::string_view asker = "schedule:";
constexpr size_t id_size = 36;

std::string digest_of(std::string_view what, const firing& x,
                      const schedule_def& def) {
  bool triggered = x.cause == firing_cause::trigger;
  auto text = "tutti.schedule." + std::string(what) + '.'
              + std::to_string(def.create_time) + '.'
              + std::to_string(x.scheduled_time) + (triggered ? ".t." : ".")
              + def.name;
  auto hash = storage::sha256(text);
  return {hash.begin(), hash.end()};
}

uint64_t number(std::string_view bytes) {
  uint64_t out = 0;
  for (unsigned char c : bytes.substr(0, 8))
    out = out << 8 | c;
  return out;
}

} // namespace firing_ids_detail

std::string schedule_shard_id(std::string_view name) {
  uint64_t hash = 14695981039346656037ull;
  for (unsigned char c : name)
    hash = (hash ^ c) * 1099511628211ull;
  std::string out = "sched-";
  for (int shift = 60; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[(hash >> shift) & 15];
  return out;
}

// The execution's id begins with the instant, as those of other executions
// begin with their time: neighbours in the store.
void set_ids(firing& x, const schedule_def& what) {
  using namespace firing_ids_detail;
  auto one = digest_of("firing", x, what);
  x.execution_id = make_workflow_id(number(one), number(one.substr(8)));
  auto other = digest_of("execution", x, what);
  x.workflow_id = make_workflow_id(uint64_t(x.scheduled_time) << 16
                                       | (number(other.substr(8)) & 0xffff),
                                   number(other));
}

std::string asked_by(const firing& x) {
  return std::string(firing_ids_detail::asker) + x.execution_id + ':'
         + x.schedule;
}

std::optional<std::string> schedule_that_asked(std::string_view asked_by) {
  using namespace firing_ids_detail;
  auto begin = asker.size() + id_size + 1;
  if (asked_by.substr(0, asker.size()) != asker || asked_by.size() <= begin)
    return std::nullopt;
  return std::string(asked_by.substr(begin));
}

} // namespace tutti
