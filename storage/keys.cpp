#include "storage/keys.hpp"

#include "messages/model/ids.hpp"

#include <algorithm>

namespace tutti::storage::keys {

namespace {

class builder {
 public:
  explicit builder(char kind, size_t expected = 64) {
    out_.reserve(expected);
    out_ += kind;
  }
  builder& text(std::string_view x) {
    for (char c : x) {
      if (c == '\0' || c == '\1') {
        out_ += '\1';
        out_ += c == '\0' ? '\1' : '\2';
      } else {
        out_ += c;
      }
    }
    out_ += '\0';
    return *this;
  }
  builder& rest(std::string_view x) {
    out_ += x;
    return *this;
  }
  template <class Integer>
  builder& number(Integer x) {
    for (int shift = int(sizeof(Integer) - 1) * 8; shift >= 0; shift -= 8)
      out_ += static_cast<char>((x >> shift) & 0xff);
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Times and counters are not negative; a negative one sorts first.
uint64_t ordered(int64_t x) {
  return static_cast<uint64_t>(std::max<int64_t>(x, 0));
}
uint32_t ordered(int32_t x) { return static_cast<uint32_t>(std::max(x, 0)); }

class parser {
 public:
  parser(std::string_view key, char kind) : left_(key) {
    ok_ = !key.empty() && key.front() == kind;
    if (ok_)
      left_.remove_prefix(1);
  }
  std::string text() {
    std::string out;
    for (size_t i = 0; ok_ && i < left_.size(); ++i) {
      if (left_[i] == '\0') {
        left_.remove_prefix(i + 1);
        return out;
      }
      if (left_[i] != '\1') {
        out += left_[i];
      } else if (++i < left_.size()) {
        out += left_[i] == '\1' ? '\0' : '\1';
      }
    }
    ok_ = false;
    return {};
  }
  template <class Integer>
  Integer number() {
    if (left_.size() < sizeof(Integer)) {
      ok_ = false;
      return 0;
    }
    Integer out = 0;
    for (size_t i = 0; i < sizeof(Integer); ++i)
      out = static_cast<Integer>(uint64_t{out} << 8
                                 | static_cast<uint8_t>(left_[i]));
    left_.remove_prefix(sizeof(Integer));
    return out;
  }
  std::string rest() {
    std::string out{left_};
    left_ = {};
    return out;
  }
  bool done() const { return ok_ && left_.empty(); }

 private:
  std::string_view left_;
  bool ok_;
};

} // namespace

std::string event(std::string_view id, int64_t revision) {
  return builder{'e'}.text(id).number(ordered(revision)).take();
}

std::string snapshot(std::string_view id) {
  return builder{'s'}.text(id).take();
}

std::string control(std::string_view id) {
  return builder{'c'}.text(id).take();
}

std::string definition(std::string_view hash) {
  return builder{'d'}.rest(hash).take();
}

std::string own_definition(std::string_view id, std::string_view hash) {
  return builder{'i', 80}.text(id).rest(hash).take();
}

std::string queue(std::string_view queue, int32_t priority, int64_t visible_at,
                  int32_t seq, std::string_view task_id) {
  auto urgency = static_cast<uint8_t>(255 - std::clamp(priority, 0, 255));
  return builder{'q', 96}
      .text(queue)
      .number(urgency)
      .number(ordered(visible_at))
      .number(ordered(seq))
      .rest(task_id)
      .take();
}

std::string timer(int64_t due, std::string_view id) {
  return builder{'t'}.number(ordered(due)).rest(id).take();
}

std::string feed(uint64_t position) {
  return builder{'f', 9}.number(position).take();
}
std::string all_feed() { return "f"; }
std::string follower(std::string_view name) {
  return builder{'b'}.text(name).take();
}

std::string outbox(uint64_t number) {
  return builder{'o', 9}.number(number).take();
}
std::string external_outbox(uint64_t number) {
  return builder{'u', 9}.number(number).take();
}

std::string running(std::string_view name, int32_t version,
                    std::string_view id) {
  return builder{'r', 96}.text(name).number(ordered(version)).rest(id).take();
}

std::string named(std::string_view name, int64_t created, std::string_view id) {
  return builder{'n', 96}.text(name).number(ordered(created)).rest(id).take();
}

std::string log(std::string_view task_id, int64_t time, uint32_t counter) {
  return builder{'l'}
      .text(task_id)
      .number(ordered(time))
      .number(counter)
      .take();
}

std::string message(std::string_view queue, int64_t at, std::string_view id) {
  return builder{'v', 96}.text(queue).number(ordered(at)).rest(id).take();
}

std::string lease(std::string_view definition, std::string_view task_id) {
  return builder{'w'}.text(definition).rest(task_id).take();
}

std::string grant(std::string_view definition, uint32_t slot) {
  return builder{'g'}.text(definition).number(slot).take();
}

std::string poll_mark(std::string_view task_type, std::string_view domain) {
  return builder{'p'}.text(task_type).rest(domain).take();
}

std::string leases_of(std::string_view definition) {
  return builder{'w'}.text(definition).take();
}

std::string all_leases() { return "w"; }

std::string grants_of(std::string_view definition) {
  return builder{'g'}.text(definition).take();
}

std::string clock() { return "h"; }

std::string waking(std::string_view id) { return builder{'j'}.text(id).take(); }

std::string all_poll_marks() { return "p"; }

std::string events_of(std::string_view id) {
  return builder{'e'}.text(id).take();
}

std::string own_definitions_of(std::string_view id) {
  return builder{'i'}.text(id).take();
}

std::string rows_of_queue(std::string_view queue) {
  return builder{'q'}.text(queue).take();
}

std::string messages_of_queue(std::string_view queue) {
  return builder{'v'}.text(queue).take();
}

std::string logs_of(std::string_view task_id) {
  return builder{'l'}.text(task_id).take();
}

std::string logs_of_workflow(std::string_view workflow_id) {
  return builder{'l'}.rest(workflow_id.substr(0, id_prefix_length)).take();
}

std::string all_queues() { return "q"; }
std::string all_timers() { return "t"; }
std::string all_outbox_messages() { return "o"; }
std::string all_external_messages() { return "u"; }
std::string all_running() { return "r"; }
std::string all_named() { return "n"; }
std::string all_messages() { return "v"; }

std::string running_named(std::string_view name) {
  return builder{'r'}.text(name).take();
}

std::string named(std::string_view name) {
  return builder{'n'}.text(name).take();
}

std::string registered_workflow(std::string_view name, int32_t version) {
  return builder{'m'}.rest("w").text(name).number(ordered(version)).take();
}

std::string registered_schema(std::string_view name, int32_t version) {
  return builder{'m'}.rest("s").text(name).number(ordered(version)).take();
}

std::string cached_output(std::string_view name, std::string_view key) {
  return builder{'k'}.text(name).text(key).take();
}

std::string slot(std::string_view name, std::string_view key, uint64_t number) {
  return builder{'a'}.text(name).text(key).number(number).take();
}

std::string slots_of(std::string_view name, std::string_view key) {
  return builder{'a'}.text(name).text(key).take();
}

std::string idempotency(std::string_view name, std::string_view key) {
  return builder{'x'}.text(name).text(key).take();
}

std::string all_cached_outputs() { return "k"; }
std::string all_slots() { return "a"; }

std::string job(std::string_view id) {
  return builder{'J'}.rest("h").text(id).take();
}
std::string all_jobs() { return "Jh"; }
std::string job_ids(std::string_view id, uint32_t number) {
  return builder{'J'}.rest("c").text(id).number(number).take();
}
std::string ids_of_job(std::string_view id) {
  return builder{'J'}.rest("c").text(id).take();
}
std::string job_error(std::string_view id, uint64_t number) {
  return builder{'J'}.rest("e").text(id).number(number).take();
}
std::string errors_of_job(std::string_view id) {
  return builder{'J'}.rest("e").text(id).take();
}

std::string archived(std::string_view id) {
  return builder{'z'}.rest("d").text(id).take();
}
std::string archived_at(int64_t ended, std::string_view id) {
  return builder{'z'}.rest("e").number(ordered(ended)).rest(id).take();
}
std::string all_archived() { return "ze"; }
std::string archived_records() { return "zd"; }

std::string registered_task(std::string_view name) {
  return builder{'m'}.rest("t").text(name).take();
}

std::string registered_handler(std::string_view name) {
  return builder{'m'}.rest("h").text(name).take();
}

std::string tags_of_workflow(std::string_view name) {
  return builder{'m'}.rest("gw").text(name).take();
}

std::string tags_of_task(std::string_view name) {
  return builder{'m'}.rest("gt").text(name).take();
}

std::string limit_of_workflow(std::string_view name) {
  return builder{'m'}.rest("r").text(name).take();
}

std::string all_registered_handlers() { return "mh"; }
std::string all_tags_of_workflows() { return "mgw"; }
std::string all_tags_of_tasks() { return "mgt"; }
std::string all_limits_of_workflows() { return "mr"; }
std::string all_registered_workflows() { return "mw"; }
std::string all_registered_tasks() { return "mt"; }
std::string all_registered_schemas() { return "ms"; }

std::string schedule(std::string_view name) {
  return builder{'S'}.rest("d").text(name).take();
}
std::string schedule_state(std::string_view name) {
  return builder{'S'}.rest("s").text(name).take();
}
std::string pending_firings_of(std::string_view name) {
  return builder{'S'}.rest("p").text(name).take();
}
std::string firings_of(std::string_view name) {
  return builder{'S'}.rest("f").text(name).take();
}
std::string pending_firing(std::string_view name, int64_t time, uint8_t cause) {
  return builder{'S'}
      .rest("p")
      .text(name)
      .number(ordered(time))
      .number(cause)
      .take();
}
std::string firing(std::string_view name, int64_t time, uint8_t cause) {
  return builder{'S'}
      .rest("f")
      .text(name)
      .number(ordered(time))
      .number(cause)
      .take();
}
std::string all_schedules() { return "Sd"; }
std::string all_schedule_states() { return "Ss"; }
std::string all_pending_firings() { return "Sp"; }
std::string all_firings() { return "Sf"; }

std::string after(std::string_view prefix) {
  std::string out{prefix};
  while (!out.empty() && static_cast<uint8_t>(out.back()) == 0xff)
    out.pop_back();
  if (!out.empty())
    out.back() = static_cast<char>(static_cast<uint8_t>(out.back()) + 1);
  return out;
}

std::optional<cached_output_key> read_cached_output(std::string_view key) {
  parser in{key, 'k'};
  cached_output_key out;
  out.name = in.text();
  out.key = in.text();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<archived_key> read_archived_at(std::string_view key) {
  if (!key.starts_with(all_archived()))
    return std::nullopt;
  parser in{key.substr(1), 'e'};
  archived_key out;
  out.ended = static_cast<int64_t>(in.number<uint64_t>());
  out.id = in.rest();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<slot_key> read_slot(std::string_view key) {
  parser in{key, 'a'};
  slot_key out;
  out.name = in.text();
  out.key = in.text();
  out.number = in.number<uint64_t>();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<std::string> read_schedule(std::string_view key) {
  auto sub = key.substr(0, 2);
  if (sub != "Sd" && sub != "Ss")
    return std::nullopt;
  parser in{key.substr(1), sub[1]};
  auto out = in.text();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<firing_key> read_firing(std::string_view key) {
  auto sub = key.substr(0, 2);
  if (sub != "Sp" && sub != "Sf")
    return std::nullopt;
  parser in{key.substr(1), sub[1]};
  firing_key out;
  out.name = in.text();
  out.time = int64_t(in.number<uint64_t>());
  out.cause = in.number<uint8_t>();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<event_key> read_event(std::string_view key) {
  parser in{key, 'e'};
  event_key out{in.text(), static_cast<int64_t>(in.number<uint64_t>())};
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<queue_key> read_queue(std::string_view key) {
  parser in{key, 'q'};
  queue_key out;
  out.queue = in.text();
  out.priority = 255 - in.number<uint8_t>();
  out.visible_at = static_cast<int64_t>(in.number<uint64_t>());
  out.seq = static_cast<int32_t>(in.number<uint32_t>());
  out.task_id = in.rest();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<timer_key> read_timer(std::string_view key) {
  parser in{key, 't'};
  timer_key out{static_cast<int64_t>(in.number<uint64_t>()), in.rest()};
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<uint64_t> read_outbox(std::string_view key) {
  parser in{key, 'o'};
  auto out = in.number<uint64_t>();
  return in.done() ? std::optional{out} : std::nullopt;
}

std::optional<uint64_t> read_external_outbox(std::string_view key) {
  parser in{key, 'u'};
  auto out = in.number<uint64_t>();
  return in.done() ? std::optional{out} : std::nullopt;
}

std::optional<uint64_t> read_feed(std::string_view key) {
  parser in{key, 'f'};
  auto out = in.number<uint64_t>();
  return in.done() ? std::optional{out} : std::nullopt;
}

std::optional<running_key> read_running(std::string_view key) {
  parser in{key, 'r'};
  running_key out{in.text(), static_cast<int32_t>(in.number<uint32_t>()),
                  in.rest()};
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<named_key> read_named(std::string_view key) {
  parser in{key, 'n'};
  named_key out{in.text(), static_cast<int64_t>(in.number<uint64_t>()),
                in.rest()};
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<lease_key> read_lease(std::string_view key) {
  parser in{key, 'w'};
  lease_key out;
  out.definition = in.text();
  out.task_id = in.rest();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<grant_key> read_grant(std::string_view key) {
  parser in{key, 'g'};
  grant_key out;
  out.definition = in.text();
  out.slot = in.number<uint32_t>();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<std::string> read_name(std::string_view rest) {
  auto key = "m" + std::string(rest);
  parser in{key, 'm'};
  auto out = in.text();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<poll_mark_key> read_poll_mark(std::string_view key) {
  parser in{key, 'p'};
  poll_mark_key out;
  out.task_type = in.text();
  out.domain = in.rest();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<log_key> read_log(std::string_view key) {
  parser in{key, 'l'};
  log_key out{in.text(), static_cast<int64_t>(in.number<uint64_t>())};
  in.number<uint32_t>();
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<message_key> read_message(std::string_view key) {
  parser in{key, 'v'};
  message_key out{in.text(), static_cast<int64_t>(in.number<uint64_t>()),
                  in.rest()};
  return in.done() ? std::optional{std::move(out)} : std::nullopt;
}

} // namespace tutti::storage::keys
