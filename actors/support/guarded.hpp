#pragma once

#include "actors/support/mailbox_figures.hpp"
#include "messages/model/deciding_thread.hpp"
#include "messages/model/result.hpp"

#include <caf/scheduled_actor.hpp>

#include <spdlog/spdlog.h>

#include <exception>
#include <new>
#include <string>
#include <utility>

namespace tutti {

// For actors that nobody starts again: what a handler throws fails the request
// at hand, and nothing else.

/// What a request is answered that ended with an exception.
inline failure thrown(const char* who, const std::exception& e) {
  if (dynamic_cast<const std::bad_alloc*>(&e))
    return {errc::unavailable,
            "the node has no memory left for this request, try again later"};
  return {errc::internal, std::string(who) + " failed: " + e.what()};
}

namespace guarded_detail {

template <class Request>
void fail(const char* who, Request& request, const std::exception& e) {
  auto why = thrown(who, e);
  spdlog::error("{}: a request failed: {}", who, e.what());
  if constexpr (requires { request.done(why); })
    request.done(std::move(why));
  else if constexpr (requires { request.finished(why); })
    request.finished(std::move(why));
}

template <class Handler, class Type>
class guard;

/// How many messages wait, and where that is counted.
struct mailbox_of {
  caf::scheduled_actor* self;
  histogram* depths;

  void look() const {
    if (self)
      depths->add(double(std::get<caf::scheduled_actor::normal_queue_index>(
                             self->mailbox().queue().queues())
                             .total_task_size()));
  }
};

template <class Handler, class Request>
class guard<Handler, void (Handler::*)(Request) const> {
 public:
  guard(const char* who, Handler handler, mailbox_of mailbox = {})
      : who_(who), mailbox_(mailbox), handler_(std::move(handler)) {}

  void operator()(Request x) const {
    mailbox_.look();
    may_lack_memory here;
    try {
      handler_(x);
    } catch (const std::exception& e) {
      fail(who_, x, e);
    }
  }

 private:
  const char* who_;
  mailbox_of mailbox_;
  Handler handler_;
};

} // namespace guarded_detail

/// For what has no request.
template <class Work>
void guarded_call(const char* who, Work work) {
  try {
    work();
  } catch (const std::exception& e) {
    spdlog::error("{} failed: {}", who, e.what());
  }
}

/// A behavior of handlers that take one message and answer nothing.
template <class Behavior, class... Handlers>
Behavior guarded(caf::scheduled_actor* self, const char* who,
                 Handlers... handlers) {
  guarded_detail::mailbox_of mailbox{self,
                                     &mailbox_figures::of_process().of(who)};
  return {guarded_detail::guard<Handlers, decltype(&Handlers::operator())>(
      who, std::move(handlers), mailbox)...};
}

} // namespace tutti
