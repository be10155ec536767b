#include "actors/gateway/event_queues.hpp"

#include "actors/event/event_queue_rows.hpp"
#include "messages/model/instants.hpp"
#include "messages/model/json_writer.hpp"

namespace tutti {

result<document> peek_messages(const storage::store& from,
                               const peek_event_queue& what, size_t bytes_max) {
  document out;
  out.text = "[";
  auto oldest = event_queue_rows(from).oldest(what.queue, what.count);
  if (!oldest)
    return std::move(oldest).failure();
  for (auto& x : *oldest) {
    // Whoever acknowledges these gets the others.
    if (out.text.size() > 1
        && out.text.size() + x.content.text().size() > bytes_max)
      break;
    if (out.text.size() > 1)
      out.text += ',';
    json_object_writer json(out.text);
    json.text("id", x.id);
    json.text("publishedAt", instant_text(x.at));
    json.raw("payload", x.content.text());
    json.close();
  }
  out.text += ']';
  return out;
}

} // namespace tutti
