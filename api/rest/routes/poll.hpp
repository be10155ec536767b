#pragma once

#include "api/rest/routes/answering.hpp"

namespace tutti::rest {

/// Asks for tasks on behalf of this exchange. `shape` makes the response out
/// of a `polled&&`, which may be empty.
template <class Shape>
void send_poll(const route_context& context, exchange_pointer x,
               poll_tasks what, Shape shape) {
  // Nobody would see the task that an answer to HEAD takes with it.
  if (context.draining->load() || x->method() == method::head) {
    x->reply(shape(polled{}));
    return;
  }
  // So that a half-closed connection counts as gone: a task must never be
  // handed to a client that will not read it.
  x->on_gone([] {});
  what.gone = [x] { return x->gone(); };
  what.done = answer_by<polled>(std::move(x), std::move(shape));
  context.gateway->send(std::move(what));
}

/// One task, or 204: clients would run an empty body as a task.
inline response one_task(polled&& got) {
  if (got.tasks.empty())
    return no_content();
  return json(std::move(got.tasks.front()));
}

} // namespace tutti::rest
