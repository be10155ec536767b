#include "api/rest/server/large_bodies.hpp"

#include "messages/model/threads/work_pool.hpp"

#include <utility>

namespace tutti::rest {

request_handler handle_large_bodies_aside(request_handler handler,
                                          std::shared_ptr<work_pool> by,
                                          size_t body_bytes) {
  return [handler = std::move(handler), by = std::move(by),
          body_bytes](std::shared_ptr<exchange> x) {
    if (x->body().size() <= body_bytes)
      return handler(std::move(x));
    if (by->submit([handler, x] { handler(x); }))
      return;
    auto busy = error(
        429, "too many large requests wait for their turn, try again", true);
    busy.headers.emplace_back("Retry-After", "1");
    x->reply(std::move(busy));
  };
}

} // namespace tutti::rest
