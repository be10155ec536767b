#pragma once

#include "messages/model/deciding_thread.hpp"
#include "messages/model/result.hpp"

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

template <class Handler, class Request>
class guard<Handler, void (Handler::*)(Request) const> {
 public:
  guard(const char* who, Handler handler)
      : who_(who), handler_(std::move(handler)) {}

  void operator()(Request x) const {
    may_lack_memory here;
    try {
      handler_(x);
    } catch (const std::exception& e) {
      fail(who_, x, e);
    }
  }

 private:
  const char* who_;
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
Behavior guarded(const char* who, Handlers... handlers) {
  return {guarded_detail::guard<Handlers, decltype(&Handlers::operator())>(
      who, std::move(handlers))...};
}

} // namespace tutti
