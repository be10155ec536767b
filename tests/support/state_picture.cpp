#include "tests/support/state_picture.hpp"

#include "messages/model/codec.hpp"

namespace tutti::test {

std::string picture(const engine::state& s) {
  std::string out;
  rendered_tasks cache;
  for (auto& row : s.rows()) {
    write(out, row, {s.head().workflow_id, s.head().definition->name, ""},
          cache);
    out += std::to_string(row.queued_at) + "/" + std::to_string(row.due_at)
           + "/" + std::to_string(row.first_scheduled_time) + "/"
           + std::to_string(row.executed) + std::to_string(row.retried) + "\n";
  }
  // The only value that depends on the wall clock.
  constexpr std::string_view waited = "\"queueWaitTime\":";
  for (auto at = out.find(waited); at != out.npos; at = out.find(waited, at)) {
    at += waited.size();
    out.erase(at, out.find_first_not_of("-0123456789", at) - at);
  }
  write(out, s.head(), "[]");
  out += s.head().failed_task_id + std::to_string(s.head().depth);
  for (auto& x : s.head().inbox)
    out += x.id + x.content.text() + std::to_string(x.received_at);
  return out + "|" + std::to_string(s.next_deadline()) + "|"
         + std::to_string(s.open_rows()) + "|"
         + std::to_string(s.unconsumed().size()) + "|"
         + std::to_string(s.bytes()) + "|" + std::to_string(s.history_bytes());
}

} // namespace tutti::test
