#pragma once

#include "storage/readers.hpp"

#include <caf/actor_cast.hpp>
#include <caf/behavior.hpp>
#include <caf/scheduled_actor.hpp>

#include <memory>
#include <optional>

namespace tutti {

// How actors read the store: `work` runs on a thread that may block, `then` in
// the actor. If the actor ends before, `reply`s held by `then` are answered as
// dropped.

namespace reading_detail {

/// The answer to a request that the actor made of nobody in particular.
template <class T, class Work>
void read(caf::scheduled_actor* self, caf::message_id id,
          std::shared_ptr<std::optional<result<T>>> cell, storage::readers& by,
          Work work) {
  auto me = caf::actor_cast<caf::strong_actor_ptr>(self);
  storage::read<T>(
      by, std::move(work), [me = std::move(me), id, cell](result<T> x) {
        cell->emplace(std::move(x));
        me->enqueue(nullptr, id.response_id(), caf::make_message(), nullptr);
      });
}

} // namespace reading_detail

/// The actor continues meanwhile: its state may have changed when `then` runs.
template <class T, class Work, class Then>
void read_then(caf::scheduled_actor* self, storage::readers& by, Work work,
               Then then) {
  auto id = self->new_request_id(caf::message_priority::normal);
  auto cell = std::make_shared<std::optional<result<T>>>();
  self->add_multiplexed_response_handler(
      id.response_id(), caf::behavior{[cell, then = std::move(then)]() mutable {
        then(std::move(**cell));
      }});
  reading_detail::read<T>(self, id, cell, by, std::move(work));
}

/// Like `read_first` below, for whatever answers from any thread: `begin` gets
/// a function that takes the answer.
template <class T, class Begin, class Then>
void await_first(caf::scheduled_actor* self, Begin begin, Then then) {
  auto id = self->new_request_id(caf::message_priority::normal);
  auto cell = std::make_shared<std::optional<T>>();
  self->add_awaited_response_handler(
      id.response_id(),
      caf::behavior{[self, cell, then = std::move(then)]() mutable {
        self->mailbox().flush_cache();
        then(std::move(**cell));
      }});
  auto me = caf::actor_cast<caf::strong_actor_ptr>(self);
  begin([me = std::move(me), id, cell](T x) {
    cell->emplace(std::move(x));
    me->enqueue(nullptr, id.response_id(), caf::make_message(), nullptr);
  });
}

/// Later messages wait in the mailbox, in order, exit messages too. One read at
/// a time.
template <class T, class Work, class Then>
void read_first(caf::scheduled_actor* self, storage::readers& by, Work work,
                Then then) {
  auto id = self->new_request_id(caf::message_priority::normal);
  auto cell = std::make_shared<std::optional<result<T>>>();
  self->add_awaited_response_handler(
      id.response_id(),
      caf::behavior{[self, cell, then = std::move(then)]() mutable {
        // CAF brings back what was skipped of the answer's own priority only.
        self->mailbox().flush_cache();
        then(std::move(**cell));
      }});
  reading_detail::read<T>(self, id, cell, by, std::move(work));
}

} // namespace tutti
