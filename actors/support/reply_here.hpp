#pragma once

#include "messages/reply.hpp"

#include <caf/actor_cast.hpp>
#include <caf/behavior.hpp>
#include <caf/scheduled_actor.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace tutti {

/// A reply whose answer is handled in the actor, among its messages: `then`
/// gets it. The actor continues meanwhile: its state may have changed when
/// `then` runs. Dropped when the actor ends before.
template <class T, class Then>
reply<T> reply_here(caf::scheduled_actor* self, Then then) {
  auto id = self->new_request_id(caf::message_priority::normal);
  auto cell = std::make_shared<std::optional<result<T>>>();
  self->add_multiplexed_response_handler(
      id.response_id(), caf::behavior{[cell, then = std::move(then)]() mutable {
        then(std::move(**cell));
      }});
  auto me = caf::actor_cast<caf::strong_actor_ptr>(self);
  return reply<T>([me = std::move(me), id, cell](result<T> x) {
    cell->emplace(std::move(x));
    me->enqueue(nullptr, id.response_id(), caf::make_message(), nullptr);
  });
}

} // namespace tutti
