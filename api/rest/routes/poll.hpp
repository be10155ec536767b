#pragma once

#include "api/rest/routes/answering.hpp"

namespace tutti::rest {

/// Polls for tasks on behalf of this exchange. `shape` makes the response from
/// a `polled&&`, which may be empty.
template <class Shape>
void send_poll(const shared_context& context, exchange_pointer x,
               poll_tasks what, Shape shape) {
  // Nobody would see a task in the response to HEAD, or to a client that left.
  if (context.draining->load() || x->method() == method::head || x->gone()) {
    x->reply(shape(polled{}));
    return;
  }
  what.poll_id = api::next_poll_id();
  auto cancel
      = [gateway = context.gateway, from = x->context(),
         what = cancel_poll{what.task_type, what.domain, what.poll_id}] {
          gateway->ask(what, from, {});
        };
  post(context, x, std::move(what), std::move(shape));
  // Also makes a half-closed connection count as gone: a task must not go to a
  // client that will not read it.
  x->on_gone(std::move(cancel));
}

/// One task, or 204: clients would treat an empty body as a task.
inline response one_task(polled&& got) {
  if (got.tasks.empty())
    return no_content();
  auto out = json(std::move(got.tasks.front()));
  out.is_bounded = true;
  return out;
}

} // namespace tutti::rest
